import { Counter, Gauge, Histogram } from 'prom-client';

/** 0.2 and 1 are what is promised of the timeline and of publishing: without their buckets nobody could say whether it is kept. */
const BUCKETS_SECONDS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2.5, 10];

/** From a request to its answer. `operation` is a name of the manifest or "other", `outcome` "ok", "refused" or the first error's code. */
const requestDuration = new Histogram({
  name: 'plaza_gateway_request_seconds',
  help: 'From a request to its answer.',
  labelNames: ['operation', 'outcome'] as const,
  buckets: BUCKETS_SECONDS,
});

const fetchDuration = new Histogram({
  name: 'plaza_gateway_fetch_seconds',
  help: 'From a fetch of a plan to the answer of its subgraph.',
  labelNames: ['subgraph', 'outcome'] as const,
  buckets: BUCKETS_SECONDS,
});

/** 1 while nobody is let through to a subgraph that did not answer. */
export const breakerOpen = new Gauge({
  name: 'plaza_gateway_breaker_open',
  help: 'Whether a subgraph rests after it did not answer.',
  labelNames: ['subgraph'] as const,
});

export const retryCount = new Counter({
  name: 'plaza_gateway_retries_total',
  help: 'Second tries of reads.',
  labelNames: ['subgraph'] as const,
});

export const joinedReads = new Counter({
  name: 'plaza_gateway_joined_reads_total',
  help: 'Fetches that an equal one of the same asker, begun in the same turn, answered.',
  labelNames: ['subgraph'] as const,
});

export const joinedAnswers = new Counter({
  name: 'plaza_gateway_joined_answers_total',
  help: 'Queries that were given the answer to an equal one of the same asker, begun in the same turn.',
});

/** Errors that clients were shown, by code. */
export const shownErrorCount = new Counter({
  name: 'plaza_gateway_errors_total',
  help: 'Errors in answers.',
  labelNames: ['code'] as const,
});

/** @param startedAt in milliseconds of `performance.now()` */
export function requestEnded(operation: string, outcome: string, startedAt: number): void {
  requestDuration.observe({ operation, outcome }, (performance.now() - startedAt) / 1000);
}

/** Call the result when the answer is out. */
export function requestStarted(): (operation: string, outcome: string) => void {
  const startedAt = performance.now();
  return (operation, outcome) => requestEnded(operation, outcome, startedAt);
}

export function fetchStarted(subgraph: string): (outcome: 'answered' | 'away' | 'failed') => void {
  const startedAt = performance.now();
  return (outcome) => fetchDuration.observe({ subgraph, outcome }, (performance.now() - startedAt) / 1000);
}

/** Subscriptions of the gateway to subgraphs that several sockets share. */
export const sharedUpstreams = new Gauge({ name: 'plaza_gateway_shared_upstreams', help: 'Subscriptions that several sockets share.' });

/** How many graphs were served so far, this one among them. */
export const graphGeneration = new Gauge({ name: 'plaza_gateway_graph_generation', help: 'The number of the graph that is served.' });

export const refusedGraphs = new Counter({ name: 'plaza_gateway_graphs_refused_total', help: 'New graphs that could not be served.' });

/** One for all who share an upstream. */
export const completedEvents = new Counter({
  name: 'plaza_gateway_live_events_total',
  help: 'Live events that were completed from the subgraphs.',
});

export const openedUpstreams = new Counter({
  name: 'plaza_gateway_upstreams_opened_total',
  help: 'Live fields of subgraphs that were listened to.',
});

/** Events that were looked at again because they could not be told soon enough after they were. */
export const lateEvents = new Counter({ name: 'plaza_gateway_late_events_total', help: 'Live events that were decided again.' });

export const openSockets = new Gauge({ name: 'plaza_gateway_sockets', help: 'Open WebSockets.' });

export const openStreams = new Gauge({ name: 'plaza_gateway_streams', help: 'Answers over HTTP that stay open.' });

export const openingSubscriptions = new Gauge({
  name: 'plaza_gateway_opening_subscriptions',
  help: 'Subscriptions of clients that were asked for and do not listen yet.',
});

export const openSubscriptions = new Gauge({
  name: 'plaza_gateway_subscriptions',
  help: 'Subscriptions of clients that listen: whatever happens from then on is told.',
});
