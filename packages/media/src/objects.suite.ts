import { buffer } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import type { Objects } from './objects.js';

/** What every place for objects does: an adapter joins by a call with an empty one. */
export function objectsContract(title: string, objects: Objects): void {
  describe(`objects in ${title}`, () => {
    const key = `${'ab'.repeat(32)}/w640.webp`;

    async function read(of: string): Promise<string | null> {
      const found = await objects.get(of);
      return found === null ? null : (await buffer(found.stream)).toString();
    }

    it('come back as they were put', async () => {
      await objects.put(key, Buffer.from('picture'));
      expect(await read(key)).toBe('picture');
      expect(await objects.stat(key)).toEqual({ size: 7 });
      const found = await objects.get(key);
      expect(found?.size).toBe(7);
      found?.stream.destroy();
    });

    it('may be put again, by many at once', async () => {
      await Promise.all(Array.from({ length: 10 }, () => objects.put(key, Buffer.from('picture'))));
      expect(await read(key)).toBe('picture');
    });

    it('are missing where nothing was put', async () => {
      for (const missing of ['ab', 'ab/cd', `${key}/x`, 'cd/w160.webp']) {
        expect(await objects.get(missing)).toBeNull();
        expect(await objects.stat(missing)).toBeNull();
      }
    });

    it('go for good, and going twice is no error', async () => {
      await objects.put('gone', Buffer.from('x'));
      await objects.delete('gone');
      await objects.delete('gone');
      expect(await read('gone')).toBeNull();
    });

    it('are listed with the time of their writing, until they go', async () => {
      await objects.put('ef01/hls/720p/0001.ts', Buffer.from('x'));
      const listed = async () => {
        const keys = new Map<string, Date>();
        for await (const { key: found, writtenAt } of objects.list()) keys.set(found, writtenAt);
        return keys;
      };
      expect(Date.now() - ((await listed()).get('ef01/hls/720p/0001.ts')?.getTime() ?? 0)).toBeLessThan(60_000);
      await objects.delete('ef01/hls/720p/0001.ts');
      expect((await listed()).has('ef01/hls/720p/0001.ts')).toBe(false);
      expect((await listed()).has(key)).toBe(true);
    });

    it.each(['', '/etc/passwd', '../x', 'a/../b', 'a//b', 'a/', './a', '.a', 'A', 'a b', 'a\0', 'a\\b', 'x'.repeat(201)])(
      'have no key like %j',
      async (bad) => {
        await expect(objects.put(bad, Buffer.from('x'))).rejects.toThrow('not an object key');
        await expect(objects.get(bad)).rejects.toThrow('not an object key');
      },
    );
  });
}
