/** The process that makes the load, so that its work is not counted as Plaza's. Takes jobs over IPC, one at a time. */
import { randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { Failures, judge, postsOf } from './failures.js';
import type { HomeJob, HomeResult, PublishJob, PublishResult } from './jobs.js';

const agent = new Agent({ keepAlive: true, maxSockets: 200 });
const LOOK_MS = 5;
const GIVE_UP_MS = 10_000;

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
  const answers: { readonly text: string; readonly posts: number | null }[] = [];
  const failures = new Failures();
  const start = performance.now();
  await inLoop(job.readers, job.clients, async ({ token, posts }) => {
    const sentAt = performance.now();
    try {
      answers.push({ text: await post(job.url, token, job.body), posts });
    } catch (error) {
      failures.note('no answer', String(error));
    }
    latencies.push(performance.now() - sentAt);
  });
  const seconds = (performance.now() - start) / 1_000;
  // Looked at afterwards: reading answers costs this process what it needs to ask.
  for (const { text, posts } of answers) judge(failures, text, posts);
  return {
    latencies,
    failures: failures.all,
    seconds,
    bytes: answers.reduce((sum, { text }) => sum + text.length, 0) / answers.length,
  };
}

async function publish(job: PublishJob): Promise<PublishResult> {
  const result = { acknowledged: [] as number[], seen: [] as number[] };
  const failures = new Failures();
  await inLoop(job.pairs, job.clients, async ({ author, follower }) => {
    const sentAt = performance.now();
    const answer = await post(job.url, author, job.publishBody.replace('KEY', randomUUID()));
    const acknowledgedAt = performance.now();
    const id = /"id":"(post_[a-z0-9]+)"/.exec(answer)?.[1];
    if (id === undefined) return failures.note('not published', answer);
    result.acknowledged.push(acknowledgedAt - sentAt);
    for (;;) {
      const askedAt = performance.now();
      const text = await post(job.url, follower, job.homeBody);
      if (postsOf(text).includes(id)) break;
      if (askedAt - acknowledgedAt > GIVE_UP_MS) return failures.note('published and not seen', text);
      await pause(LOOK_MS);
    }
    result.seen.push(performance.now() - acknowledgedAt);
  });
  return { ...result, failures: failures.all };
}

process.on('message', (job: HomeJob | PublishJob) => {
  const work = job.kind === 'home' ? home(job) : publish(job);
  work.then(
    (result) => process.send?.(result),
    (error: unknown) => {
      const failures = [{ kind: 'the load broke off', count: 1, example: String(error) }];
      process.send?.({ latencies: [], acknowledged: [], seen: [], failures, seconds: 0, bytes: 0 });
    },
  );
});
