import { serveSubgraph } from '@plaza/subgraph/serve-subgraph';
import { startCommerce } from './server.js';

await serveSubgraph('commerce', startCommerce);
