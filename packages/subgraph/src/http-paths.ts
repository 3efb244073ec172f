/** The paths and header by which a subgraph's doors are reached over HTTP. */
export const HTTP = {
  assertion: 'x-plaza-assertion',
  execute: '/graphql',
  call: '/calls/',
  deliver: '/events',
  live: '/health/live',
  ready: '/health/ready',
  metrics: '/metrics',
} as const;
