import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * Projects of one group stand together: a process that files share goes on to the next one only where that is of the same project. The project with most
 * short files comes last, so that the workers end together.
 */
const TOGETHER = ['e2e-apollo', 'e2e-processes', 'e2e'];

/** Files that take more than about eight seconds, the longest first, by the end of their path. */
const LONGEST = [
  'e2e/lifecycle/lifecycle.e2e.ts',
  'e2e/crash/crash.e2e.ts',
  'e2e/matrix/matrix.e2e.ts',
  'e2e/dead-subgraph/dead-subgraph.e2e.ts',
  'e2e/paging/paging.e2e.ts',
  'e2e/shop/shop.e2e.ts',
  'e2e/hostile/hostile.e2e.ts',
  'e2e/bad-input/bad-input.e2e.ts',
  'e2e/chat/chat.e2e.ts',
  'e2e/statements/statements.e2e.ts',
  'e2e/likes/likes.e2e.ts',
  'gateway/test/sturdy.test.ts',
  'packages/postgres/src/postgres.test.ts',
  'subgraphs/feed/test/search.test.ts',
  'subgraphs/commerce/test/payment.test.ts',
  'subgraphs/content/test/video.test.ts',
  'infra/embedded/start.test.ts',
  'subgraphs/feed/test/rebuild.test.ts',
  'packages/media/src/video.test.ts',
  'packages/media/src/processing-pool.test.ts',
];

/**
 * Within each group of projects the longest files first, so that no worker is left with one at the end while the others have nothing to do. A new
 * machine has no times to go by, and the size of a file says little: what is long is named here. A name too many or too few costs only time.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    // oxlint-disable-next-line unicorn/no-array-sort -- Vitest's name for it: no array's method
    const sorted = await super.sort(files);
    return sorted.toSorted(
      (one, other) => groupOf(one) - groupOf(other) || projectOf(one) - projectOf(other) || placeOf(one) - placeOf(other),
    );
  }
}

const groupOf = ({ project }: TestSpecification): number => project.config.sequence.groupOrder;

const projectOf = ({ project }: TestSpecification): number => TOGETHER.indexOf(project.name);

function placeOf({ moduleId }: TestSpecification): number {
  const place = LONGEST.findIndex((end) => moduleId.endsWith(end));
  return place === -1 ? LONGEST.length : place;
}
