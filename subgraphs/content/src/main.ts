import { serveSubgraph } from '@plaza/subgraph/serve-subgraph';
import { startContent } from './server.js';

await serveSubgraph('content', startContent);
