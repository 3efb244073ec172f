import { serveSubgraph } from '@plaza/subgraph/serve-subgraph';
import { startAccounts } from './server.js';

await serveSubgraph('accounts', startAccounts);
