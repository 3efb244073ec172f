/** A planner's thread: reads the supergraph once, then plans what it is sent, one job at a time. */
import { readlinkSync } from 'node:fs';
import { constants, getPriority, setPriority } from 'node:os';
import { basename } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { GraphQLError, parse } from 'graphql';
import { Planner, PlanTooLargeError } from './planner.js';
import { readSupergraph } from './supergraph.js';
import type { ThreadData, ThreadJob, ThreadMessage } from './thread-messages.js';

/** Of the scheduler (nice): where cores are few, who serves gets nine tenths of one that both want. */
const BEHIND_WHO_SERVES = 10;

const task = ownTask();
if (task !== undefined) standBack(task);
const { supergraphSdl, limits } = workerData as ThreadData; // planner-thread.ts starts it
const planner = new Planner(readSupergraph(parse(supergraphSdl, { noLocation: true })), limits);

function answer({ texts, overrides }: ThreadJob): ThreadMessage {
  try {
    const plans = texts.map((text) => planner.make(parse(text, { noLocation: true }), new Map(overrides)));
    return { kind: 'made', plans: JSON.stringify(plans) };
  } catch (error) {
    if (error instanceof PlanTooLargeError) return { kind: 'too large', message: error.message };
    if (error instanceof GraphQLError) return { kind: 'refused', message: error.message, extensions: error.extensions };
    return { kind: 'failed', message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

function ownTask(): string | undefined {
  try {
    return basename(readlinkSync('/proc/thread-self'));
  } catch {
    return undefined;
  }
}

/** Linux has a priority for each thread; where none may be set the planner takes its part as any other. */
function standBack(thread: string): void {
  try {
    setPriority(Number(thread), Math.min(getPriority() + BEHIND_WHO_SERVES, constants.priority.PRIORITY_LOW));
  } catch {
    // As above.
  }
}

const say = (message: ThreadMessage): void => parentPort?.postMessage(message); // oxlint-disable-line unicorn/require-post-message-target-origin -- a thread, not a window

parentPort?.on('message', (job: ThreadJob) => say(answer(job)));
say({ kind: 'ready', task });
