import { serveSubgraph } from '@plaza/subgraph/serve-subgraph';
import { startMessaging } from './server.js';

await serveSubgraph('messaging', startMessaging);
