// Of Hive Gateway: every request's own authorization goes on to the subgraphs, as with the others that are measured.
export const gatewayConfig = {
  propagateHeaders: {
    fromClientToSubgraphs: ({ request }) => {
      const authorization = request.headers.get('authorization');
      return authorization === null ? {} : { authorization };
    },
  },
  inboundInflightRequestDeduplication: process.env.BENCH_SHARED === '1',
  logging: 'error',
};
