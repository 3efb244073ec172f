import { serveSubgraph } from '@plaza/subgraph/serve-subgraph';
import { startSocial } from './server.js';

await serveSubgraph('social', startSocial);
