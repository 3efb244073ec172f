import { availableParallelism } from 'node:os';
import type { BucketConfig } from '@plaza/media/bucket-objects';
import { z } from 'zod';

/** What this subgraph can be told; everything has a value that is fit for production. */
export interface ContentConfig {
  /** Of each person. */
  readonly quota: MediaQuotas;
  /** How many photos are worked on at once. */
  readonly photosAtOnce: number;
  /** Where the bytes of media lie; undefined: in the data folder. */
  readonly bucket: BucketConfig | undefined;
  /** Where the caches before us take marks; none: there are none. */
  readonly purgeUrls: readonly string[];
}

/** What one person may keep here. */
export interface MediaQuotas {
  /** Of all uploaded files together. */
  readonly bytes: number;
  /** Photos and videos. */
  readonly files: number;
  /** Uploads that are not complete. */
  readonly openUploads: number;
  /** Of one video; a photo has 30 MiB. */
  readonly videoBytes: number;
}

const GIB = 1024 ** 3;
const wholeNumber = (least: number, most: number, otherwise: number) => z.coerce.number().int().min(least).max(most).default(otherwise);

const Environment = z.object({
  PLAZA_MEDIA_QUOTA_BYTES: wholeNumber(0, Number.MAX_SAFE_INTEGER, 10 * GIB),
  PLAZA_MEDIA_QUOTA_FILES: wholeNumber(0, 1_000_000_000, 10_000),
  PLAZA_MEDIA_OPEN_UPLOADS: wholeNumber(1, 10_000, 20),
  PLAZA_MEDIA_VIDEO_BYTES: wholeNumber(1, 16 * GIB, GIB),
  PLAZA_MEDIA_AT_ONCE: wholeNumber(1, 64, Math.max(1, availableParallelism() - 1)),
  S3_ENDPOINT: z.url({ protocol: /^https?$/u }).optional(),
  S3_BUCKET: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/u)
    .default('plaza'),
  S3_REGION: z.string().default('us-east-1'),
  S3_ACCESS_KEY: z.string().optional(),
  S3_SECRET_KEY: z.string().optional(),
  CDN_PURGE_URL: z
    .string()
    .default('')
    .transform((list) => list.split(',').flatMap((url) => (url.trim() === '' ? [] : [url.trim().replace(/\/$/u, '')])))
    .pipe(z.array(z.url({ protocol: /^https?$/u }))),
});

/** Reads the environment; what is empty counts as not set. @throws Error with one line that names the variable. */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): ContentConfig {
  const set = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = Environment.safeParse(set);
  if (!parsed.success)
    throw new Error(`${String(parsed.error.issues[0]?.path[0])} does not hold: ${parsed.error.issues[0]?.message ?? ''}`);
  const given = parsed.data;
  return {
    quota: {
      bytes: given.PLAZA_MEDIA_QUOTA_BYTES,
      files: given.PLAZA_MEDIA_QUOTA_FILES,
      openUploads: given.PLAZA_MEDIA_OPEN_UPLOADS,
      videoBytes: given.PLAZA_MEDIA_VIDEO_BYTES,
    },
    photosAtOnce: given.PLAZA_MEDIA_AT_ONCE,
    bucket: bucketOf(given),
    purgeUrls: given.CDN_PURGE_URL,
  };
}

function bucketOf(given: z.infer<typeof Environment>): BucketConfig | undefined {
  const { S3_ENDPOINT: endpoint, S3_ACCESS_KEY: accessKey, S3_SECRET_KEY: secretKey } = given;
  if (endpoint === undefined) return undefined;
  if (accessKey === undefined || secretKey === undefined)
    throw new Error('S3_ACCESS_KEY and S3_SECRET_KEY do not hold: S3_ENDPOINT needs both');
  return { endpoint, accessKey, secretKey, bucket: given.S3_BUCKET, region: given.S3_REGION };
}
