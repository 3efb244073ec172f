import { SUBGRAPH_NAMES, type SubgraphName } from '@plaza/kernel/subgraph-name';
import { z } from 'zod';

/** Where the copies of every subgraph listen: `http://127.0.0.1:4101`. At least one each. */
export type Addresses = Readonly<Record<SubgraphName, readonly string[]>>;

const base = z.url({ protocol: /^http$/u });

/** `PLAZA_PORTS`: JSON with an address for each subgraph, or a list of its copies' addresses. */
export const addresses = z
  .string({ error: 'must say where the subgraphs listen' })
  .transform((text, issues): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      issues.addIssue({ code: 'custom', message: 'must be JSON: {"accounts": "http://127.0.0.1:4101", …}' });
      return z.NEVER;
    }
  })
  .pipe(z.record(z.enum(SUBGRAPH_NAMES), z.union([base.transform((one) => [one]), z.array(base).min(1)])));
