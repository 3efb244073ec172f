import { serveSubgraph } from '@plaza/subgraph/serve-subgraph';
import { startFeed } from './server.js';

await serveSubgraph('feed', startFeed);
