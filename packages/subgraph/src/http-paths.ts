/** The paths and header by which a subgraph's doors are reached over HTTP. */
export const HTTP = {
  assertion: 'x-plaza-assertion',
  execute: '/graphql',
  /** Several requests under one assertion. */
  together: '/graphql/together',
  subscribe: '/subscriptions',
  /** On the answer of a subscription that is a stream. */
  isLive: 'x-plaza-live',
  call: '/calls/',
  deliver: '/events',
  live: '/health/live',
  /** Whether requests are welcome: 503 from a process that leaves. Asks nobody else. */
  serving: '/health/serving',
  ready: '/health/ready',
  metrics: '/metrics',
} as const;
