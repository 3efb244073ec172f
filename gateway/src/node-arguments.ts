/**
 * What `node` is told for a gateway. A request lives for some milliseconds and its answer is hundreds of kilobytes of small things: with the usual 16 MiB
 * for what is young, those of twenty requests at a time are taken for old and copied before they are let go. And what is old is cleared away once it
 * has grown by half, where V8 would let it come to a multiple: whoever sends very many things once makes it no larger than a few (docs/benchmarks.md).
 */
export const GATEWAY_NODE_ARGUMENTS: readonly string[] = ['--max-semi-space-size=32', '--heap-growing-percent=50'];
