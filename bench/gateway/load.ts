import { Agent, request } from 'node:http';
import { percentile } from '../measure/percentiles.js';

/** One operation as it is sent. */
export interface Shot {
  readonly body: string;
  readonly token: string;
}

export interface Volley {
  readonly count: number;
  readonly seconds: number;
  readonly p50: number;
  readonly p99: number;
  /** Of an answer, on average. */
  readonly bytes: number;
  /** Answers with another status than 200. */
  readonly failures: number;
}

const agent = new Agent({ keepAlive: true, maxSockets: 200 });

export function post(
  url: string,
  { body, token }: Shot,
): Promise<{ readonly status: number; readonly text: () => string; readonly bytes: number }> {
  return new Promise((resolve, reject) => {
    const headers = {
      'content-type': 'application/json',
      accept: 'application/json',
      authorization: `Bearer ${token}`,
      'content-length': Buffer.byteLength(body),
    };
    const sent = request(url, { method: 'POST', agent, headers }, (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        bytes += chunk.length;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text: () => Buffer.concat(chunks).toString('utf8'), bytes }));
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** So many requests by so many clients, each of which sends its next one when it has its answer. */
export async function volley(url: string, clients: number, requests: number, next: () => Shot): Promise<Volley> {
  const latencies: number[] = [];
  let bytes = 0;
  let failures = 0;
  const startedAt = performance.now();
  let left = requests;
  await Promise.all(
    Array.from({ length: clients }, async () => {
      while (left > 0) {
        left -= 1;
        const sentAt = performance.now();
        const answer = await post(url, next());
        latencies.push(performance.now() - sentAt);
        bytes += answer.bytes;
        if (answer.status !== 200) failures += 1;
      }
    }),
  );
  return {
    count: latencies.length,
    seconds: (performance.now() - startedAt) / 1_000,
    p50: percentile(latencies, 0.5),
    p99: percentile(latencies, 0.99),
    bytes: bytes / latencies.length,
    failures,
  };
}
