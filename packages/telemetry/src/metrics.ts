import { Counter, collectDefaultMetrics, Gauge, Histogram, register } from 'prom-client';

/**
 * The metrics of one process. Labels come from closed lists only (subgraphs' names, doors, our own calls and operations of the manifest):
 * nothing that a client chooses becomes a label.
 */
collectDefaultMetrics({ register });

/** Seconds from an event's making to its having taken effect at a consumer. */
export const eventDelay = new Histogram({
  name: 'plaza_event_delay_seconds',
  help: 'From the making of an event to its effect at a consumer.',
  labelNames: ['owner', 'consumer'] as const,
  buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 30, 300],
});

/** Deliveries that a consumer did not take; the same events come again. */
export const eventFailures = new Counter({
  name: 'plaza_event_failures_total',
  help: 'Deliveries of events that were not taken.',
  labelNames: ['owner', 'consumer'] as const,
});

/** Lanes of the eight whose next events a consumer has not taken when they were last offered: nothing behind them in the lane comes through. */
export const lanesFailing = new Gauge({
  name: 'plaza_event_lanes_failing',
  help: 'Lanes of a consumer in which events are not taken.',
  labelNames: ['owner', 'consumer'] as const,
});

/** Events that a consumer refused too often, put aside for somebody to look at. */
export const deadEvents = new Counter({
  name: 'plaza_events_dead_total',
  help: 'Events that were put aside because a consumer refused them too often.',
  labelNames: ['consumer'] as const,
});

/** Seconds that a subgraph worked for one visit. `door` is execute, deliver or the full name of a call. */
export const subgraphDuration = new Histogram({
  name: 'plaza_subgraph_duration_seconds',
  help: 'Work of a subgraph for one visit.',
  labelNames: ['subgraph', 'door', 'outcome'] as const,
  buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
});

/** SQL statements that this process sent, whoever asked for them. */
export const sqlStatements = new Counter({ name: 'plaza_sql_statements_total', help: 'SQL statements sent by this process.' });

/** Everything that this process measured, in Prometheus' text format, with its content type. */
export async function metricsPage(): Promise<{ readonly contentType: string; readonly text: string }> {
  return { contentType: register.contentType, text: await register.metrics() };
}
