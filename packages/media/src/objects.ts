import type { Readable } from 'node:stream';

/** An object on its way out: `stream` must be read to its end or destroyed. */
export interface ObjectBytes {
  /** In bytes. */
  readonly size: number;
  readonly stream: Readable;
}

/**
 * Where the bytes of media lie: a folder at home, a bucket elsewhere. Keys are relative paths of lower-case letters, digits, `.`, `_`, `-` in
 * segments that begin with a letter or a digit (`<sha>/w640.webp`), at most 200 characters; an object is never changed under its key, so
 * putting it again is harmless. Every method throws on another key: a bug of the caller.
 */
export interface Objects {
  /** Resolves when the object is there for good: a reader sees all of it or nothing. */
  put(key: string, bytes: Uint8Array): Promise<void>;
  /** Null when there is no such object. */
  get(key: string): Promise<ObjectBytes | null>;
  /** Null when there is no such object. `size` in bytes. */
  stat(key: string): Promise<{ readonly size: number } | null>;
  /** Nothing happens when there is no such object. */
  delete(key: string): Promise<void>;
  /**
   * Every object, or those whose keys begin with the segment `first`, in no order; one that is put or deleted meanwhile may be there or not.
   * `writtenAt`: when it was last put.
   */
  list(first?: string): AsyncIterable<{ readonly key: string; readonly writtenAt: Date }>;
}

const KEY = /^[a-z0-9][a-z0-9._-]*(?:\/[a-z0-9][a-z0-9._-]*)*$/;

/** The key itself. @throws for one that {@link Objects} does not take. */
export function objectKey(key: string): string {
  if (key.length > 200 || !KEY.test(key)) throw new Error(`not an object key: ${JSON.stringify(key.slice(0, 220))}`);
  return key;
}
