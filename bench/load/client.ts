/** The process that makes the load, so that its work is not counted as Plaza's. Takes jobs over IPC, one at a time. */
import { randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { HomeJob, HomeResult, PublishJob, PublishResult } from './jobs.js';

const agent = new Agent({ keepAlive: true, maxSockets: 200 });
const LOOK_MS = 5;
const GIVE_UP_MS = 10_000;

interface Json {
  readonly errors?: readonly unknown[];
  readonly data?: {
    readonly me?: { readonly homeFeed?: { readonly edges: readonly { readonly node: { readonly id: string } }[] } | null } | null;
  } | null;
}

function post(url: string, token: string, body: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}`, 'content-length': Buffer.byteLength(body) };
    const sent = request(url, { method: 'POST', agent, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

const edgesOf = (text: string): readonly { readonly node: { readonly id: string } }[] =>
  (JSON.parse(text) as Json).data?.me?.homeFeed?.edges ?? [];

/** Several workers take from one list until it is empty: a closed loop. */
async function inLoop<T>(items: readonly T[], workers: number, work: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items];
  await Promise.all(
    Array.from({ length: workers }, async () => {
      for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
    }),
  );
}

async function home(job: HomeJob): Promise<HomeResult> {
  const latencies: number[] = [];
  const answers: string[] = [];
  const start = performance.now();
  await inLoop(job.tokens, job.clients, async (token) => {
    const sentAt = performance.now();
    answers.push(await post(job.url, token, job.body));
    latencies.push(performance.now() - sentAt);
  });
  const seconds = (performance.now() - start) / 1_000;
  // Looked at afterwards: reading answers costs this process what it needs to ask.
  const failures = answers.filter((text) => (JSON.parse(text) as Json).errors !== undefined || edgesOf(text).length < job.edges);
  return {
    latencies,
    failures: failures.map((text) => text.slice(0, 500)),
    seconds,
    bytes: answers.reduce((sum, { length }) => sum + length, 0) / answers.length,
  };
}

async function publish(job: PublishJob): Promise<PublishResult> {
  const result = { acknowledged: [] as number[], seen: [] as number[], failures: [] as string[] };
  await inLoop(job.pairs, job.clients, async ({ author, follower }) => {
    const sentAt = performance.now();
    const answer = await post(job.url, author, job.publishBody.replace('KEY', randomUUID()));
    const acknowledgedAt = performance.now();
    const id = /"id":"(post_[a-z0-9]+)"/.exec(answer)?.[1];
    if (id === undefined) return void result.failures.push(answer.slice(0, 500));
    result.acknowledged.push(acknowledgedAt - sentAt);
    for (;;) {
      const askedAt = performance.now();
      const text = await post(job.url, follower, job.homeBody);
      if (edgesOf(text).some(({ node }) => node.id === id)) break;
      if (askedAt - acknowledgedAt > GIVE_UP_MS) return void result.failures.push(`not seen: ${text.slice(0, 300)}`);
      await pause(LOOK_MS);
    }
    result.seen.push(performance.now() - acknowledgedAt);
  });
  return result;
}

process.on('message', (job: HomeJob | PublishJob) => {
  const work = job.kind === 'home' ? home(job) : publish(job);
  work.then(
    (result) => process.send?.(result),
    (error: unknown) => process.send?.({ latencies: [], acknowledged: [], seen: [], failures: [String(error)], seconds: 0, bytes: 0 }),
  );
});
