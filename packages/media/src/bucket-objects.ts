import { unavailable } from '@plaza/kernel/fault';
import { within } from '@plaza/kernel/in-time';
import { type BucketItem, Client, S3Error } from 'minio';
import { objectKey, type Objects } from './objects.js';

/** Where a bucket is and who may use it. */
export interface BucketConfig {
  /** The server: `https://` or `http://`, a name, perhaps a port. */
  readonly endpoint: string;
  readonly bucket: string;
  readonly accessKey: string;
  readonly secretKey: string;
  readonly region: string;
  /** How large a part of a large object is, in bytes: at least 5 MiB. */
  readonly partSize?: number;
}

const PART_BYTES = 16 * 1024 * 1024;
/** For a question; whoever asks is then told that the bucket is away. */
const ANSWER_MS = 10_000;
/** What an upload may take for each MiB beyond that. */
const MS_PER_MIB = 2_000;

/** What a server says while it starts, stops or has too much to do. */
const PASSING = new Set(['InternalError', 'ServiceUnavailable', 'SlowDown', 'XMinioServerNotInitialized']);

/** Objects in a bucket of S3, MinIO or what speaks like them. The bucket is made when the first object is put. */
export class BucketObjects implements Objects {
  readonly #client: Client;
  readonly #bucket: string;
  readonly #region: string;
  #made: Promise<void> | undefined;

  constructor({ endpoint, bucket, accessKey, secretKey, region, partSize = PART_BYTES }: BucketConfig) {
    const { protocol, hostname, port } = new URL(endpoint);
    const useSSL = protocol === 'https:';
    this.#client = new Client({
      endPoint: hostname,
      port: port === '' ? (useSSL ? 443 : 80) : Number(port),
      useSSL,
      accessKey,
      secretKey,
      region,
      partSize,
    });
    this.#bucket = bucket;
    this.#region = region;
  }

  /** A large object goes in parts and is there when the last one is; parts of one that was broken off the server clears away. */
  async put(key: string, bytes: Uint8Array): Promise<void> {
    const name = objectKey(key);
    await (this.#made ??= this.#make().catch((cause: unknown) => {
      this.#made = undefined;
      throw cause;
    }));
    const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    await answered(ANSWER_MS + (body.length / 2 ** 20) * MS_PER_MIB, this.#client.putObject(this.#bucket, name, body, body.length));
  }

  async get(key: string) {
    const stream = await orNull(answered(ANSWER_MS, this.#client.getObject(this.#bucket, objectKey(key))));
    if (stream === null) return null;
    // It is the answer itself, which says how long it is.
    const { headers } = stream as typeof stream & { readonly headers: Readonly<Record<string, string | undefined>> };
    return { size: Number(headers['content-length']), stream };
  }

  async stat(key: string) {
    const found = await orNull(answered(ANSWER_MS, this.#client.statObject(this.#bucket, objectKey(key))));
    return found === null ? null : { size: found.size };
  }

  async delete(key: string): Promise<void> {
    await orNull(answered(ANSWER_MS, this.#client.removeObject(this.#bucket, objectKey(key))));
  }

  async *list(first?: string) {
    const found = this.#client.listObjectsV2(this.#bucket, first === undefined ? '' : `${objectKey(first)}/`, true);
    try {
      for await (const item of found as AsyncIterable<BucketItem>) {
        if (item.name !== undefined && item.lastModified !== undefined) yield { key: item.name, writtenAt: item.lastModified };
      }
    } catch (cause) {
      if (!isMissing(cause)) throw cause;
    } finally {
      found.destroy();
    }
  }

  async #make(): Promise<void> {
    if (await answered(ANSWER_MS, this.#client.bucketExists(this.#bucket))) return;
    await answered(ANSWER_MS, this.#client.makeBucket(this.#bucket, this.#region)).catch((cause: unknown) => {
      // Another process was faster.
      if (codeOf(cause) !== 'BucketAlreadyOwnedByYou') throw cause;
    });
  }
}

/** @throws Fault UNAVAILABLE when it takes longer or cannot be asked; what it still does then does no harm, because objects are never changed. */
const answered = <T>(ms: number, work: Promise<T>): Promise<T> =>
  within(
    work.catch((cause: unknown): never => {
      throw isAway(cause) ? unavailable('The bucket', cause) : cause;
    }),
    ms,
    (): never => {
      throw unavailable('The bucket', new Error(`it does not answer within ${String(Math.round(ms / 1000))} s`));
    },
  );

async function orNull<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch (cause) {
    if (isMissing(cause)) return null;
    throw cause;
  }
}

const codeOf = (cause: unknown): string => (cause instanceof S3Error ? String(cause.code) : '');
/** It is not there, or says itself that it cannot now. What it refuses to us is for us to mend. */
const isAway = (cause: unknown): boolean => !(cause instanceof S3Error) || PASSING.has(codeOf(cause));
/** A bucket that nobody has put anything into is not there yet. */
const isMissing = (cause: unknown): boolean => ['NoSuchKey', 'NotFound', 'NoSuchBucket'].includes(codeOf(cause));
