import { newId } from '@plaza/kernel/id';
import { expect, it } from 'vitest';
import { BUCKETS, bucketOf } from './bucket.js';

it('spreads conversations that begin in one burst over sixteen shards, none of which has a twentieth more or less than its part', () => {
  const [conversations, shards] = [200_000, 16];
  const counts = Array.from({ length: shards }, () => 0);
  for (let n = 0; n < conversations; n += 1) {
    const shard = Math.floor((bucketOf(newId()) * shards) / BUCKETS);
    counts[shard] = (counts[shard] ?? 0) + 1;
  }
  const part = conversations / shards;
  expect(counts.filter((count) => Math.abs(count - part) > part / 20)).toEqual([]);
});
