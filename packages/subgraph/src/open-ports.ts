import { SUBGRAPH_NAMES, type SubgraphName } from '@plaza/kernel/subgraph-name';
import type { Addresses } from './addresses.js';
import { CopiesPort } from './copies-port.js';
import { HttpPort } from './http-port.js';

/** Ways to every subgraph over HTTP; each is to be closed. */
export function openPorts(addresses: Addresses): ReadonlyMap<SubgraphName, HttpPort | CopiesPort> {
  return new Map(
    SUBGRAPH_NAMES.map((name) => {
      const [only = '', ...further] = addresses[name];
      return [name, further.length === 0 ? new HttpPort(name, only) : new CopiesPort(name, [only, ...further])];
    }),
  );
}
