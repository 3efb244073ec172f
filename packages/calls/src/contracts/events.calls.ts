import type { SubgraphName } from '@plaza/kernel/subgraph-name';
import { z } from 'zod';
import { defineCall } from '../call-contract.js';

const position = z.string().regex(/^\d+:\d+:[\d,]*$/);

/** Where the owner's event log stands now: asked before the first page of its snapshot is read. Every subgraph answers this. */
export const eventsPosition = (owner: SubgraphName) =>
  defineCall(owner, 'eventsPosition', { input: z.object({}), output: z.object({ position }) });

/** Delivers everything since `position` to the asker again (packages/events/src/replay.ts). Every subgraph answers this. */
export const rewindEvents = (owner: SubgraphName) =>
  defineCall(owner, 'rewindEvents', { input: z.object({ position }), output: z.object({}) });
