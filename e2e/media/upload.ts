import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Upload } from 'tus-js-client';
import { cuttableClient } from '../cuttable-client.js';
import { trusted } from '../story/documents.js';

/** Somebody signed in who can play a mutation of the manifest. */
export interface Uploader {
  readonly tokens: { readonly accessToken: string } | null;
  // oxlint-disable-next-line typescript/no-explicit-any -- many shapes
  does(name: string, input: Record<string, unknown>): Promise<any>;
}

/** What stands in `mediaChanged`. */
export interface MediaState {
  readonly id: string;
  readonly status: string;
  readonly progress: number | null;
  readonly failure: { readonly code: string } | null;
  readonly kind: string;
  readonly width: number | null;
  readonly height: number | null;
  readonly blurhash: string | null;
  readonly hlsUrl: string | null;
  readonly variants: readonly { readonly name: string; readonly width: number; readonly height: number; readonly url: string }[];
}

export const sunset = (): Buffer => readFileSync(new URL('files/gps_rotated.jpg', import.meta.url));

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** startUpload of these bytes: its payload. */
export const startUpload = (who: Uploader, bytes: Uint8Array, fileName: string, contentType: string) =>
  who.does('StartUpload', { fileName, contentType, byteSize: String(bytes.byteLength), sha256: sha256(bytes) });

/** Sends by the public client of the protocol, in chunks; goes on by itself when the line breaks. @throws what the server refused with */
export async function sendByTus(who: Uploader, uploadUrl: string, bytes: Buffer, chunkSize: number): Promise<{ readonly retries: number }> {
  let retries = 0;
  await new Promise<void>((resolve, reject) => {
    const upload = new Upload(bytes, {
      uploadUrl,
      chunkSize,
      headers: { authorization: `Bearer ${who.tokens?.accessToken ?? ''}` },
      retryDelays: [0, 100, 300, 1_000],
      onShouldRetry(error) {
        const status = error.originalResponse?.getStatus() ?? 0;
        if (status >= 400 && status < 500 && status !== 409 && status !== 423) return false;
        retries += 1;
        return true;
      },
      onError: reject,
      onSuccess: () => resolve(),
    });
    upload.start();
  });
  return { retries };
}

/** The states of a media through the gateway's socket, until the last one. */
export async function watchMedia(who: Uploader, graphqlUrl: string, id: string): Promise<readonly (MediaState | null)[]> {
  const { client } = cuttableClient(graphqlUrl, who.tokens?.accessToken ?? '');
  try {
    return await new Promise((resolve, reject) => {
      const told: (MediaState | null)[] = [];
      client.subscribe<{ mediaChanged: MediaState | null }>(
        { query: trusted('MediaChanged').body, variables: { id } },
        {
          next: ({ data, errors }) => {
            if (errors !== undefined) reject(new Error(JSON.stringify(errors)));
            else if (data != null) told.push(data.mediaChanged);
          },
          error: (cause) => reject(cause instanceof Error ? cause : new Error(JSON.stringify(cause))),
          complete: () => resolve(told),
        },
      );
    });
  } finally {
    await client.dispose();
  }
}
