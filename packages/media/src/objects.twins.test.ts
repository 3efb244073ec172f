import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { engineTwin } from '@plaza/testing/engine-twin';
import { afterAll, describe, expect, it } from 'vitest';
import { BucketObjects } from './bucket-objects.js';
import { FolderObjects } from './folder-objects.js';
import { objectsContract } from './objects.suite.js';

const folder = await mkdtemp(join(tmpdir(), 'plaza-objects-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

objectsContract('a folder', new FolderObjects(join(folder, 'objects')));

engineTwin('by MinIO', 'S3_ENDPOINT', (endpoint) => {
  const config = {
    endpoint: endpoint === '' ? 'http://127.0.0.1:1' : endpoint,
    bucket: `test-${randomUUID()}`,
    accessKey: process.env['S3_ACCESS_KEY'] ?? '',
    secretKey: process.env['S3_SECRET_KEY'] ?? '',
    region: 'us-east-1',
    partSize: 5 * 1024 * 1024,
  };
  const objects = new BucketObjects(config);

  objectsContract('a bucket', objects);

  it('takes what is larger than a part', async () => {
    const bytes = randomBytes(11 * 1024 * 1024);
    await objects.put('cc/large', bytes);
    const found = await objects.get('cc/large');
    expect(found?.size).toBe(bytes.length);
    expect(found === null ? null : bytes.equals(await buffer(found.stream))).toBe(true);
  });

  async function keysOf(of: BucketObjects | undefined, below?: string): Promise<readonly string[]> {
    const keys: string[] = [];
    for await (const { key } of of?.list(below) ?? []) keys.push(key);
    return keys;
  }

  it('is empty where nobody has put anything yet, and made once however many begin', async () => {
    const other = { ...config, bucket: `test-${randomUUID()}` };
    const processes = Array.from({ length: 4 }, () => new BucketObjects(other));
    const [first] = processes;
    expect(await first?.get('ab')).toBeNull();
    expect(await keysOf(first)).toEqual([]);
    await Promise.all(processes.map(async (one, n) => one.put(`ab/${String(n)}`, Buffer.from('x'))));
    expect(await keysOf(first, 'ab')).toHaveLength(4);
  });
});

describe('a bucket that is away', () => {
  it('is an error and never a missing object', async () => {
    const away = new BucketObjects({
      endpoint: 'http://127.0.0.1:1',
      bucket: 'plaza',
      accessKey: 'x',
      secretKey: 'xxxxxxxx',
      region: 'us-east-1',
    });
    await expect(away.get('ab')).rejects.toMatchObject({ code: 'UNAVAILABLE', cause: { code: 'ECONNREFUSED' } });
  });
});
