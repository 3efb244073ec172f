import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mailRecipients } from '@plaza/calls/contracts/accounts.calls';
import type { SubgraphPort } from '@plaza/calls/subgraph-port';
import { newId } from '@plaza/kernel/id';
import { endMail, type MailJob, MailQueue, takeDue } from '@plaza/mail/mail-queue';
import { UnsubscribeTokens } from '@plaza/mail/unsubscribe';
import { createLogger } from '@plaza/telemetry/logger';
import { TEST_SECRET, testHost } from '@plaza/testing/subgraph-door';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DigestService } from '../src/modules/notification/digest.service.js';
import { DigestStore } from '../src/modules/notification/digest.store.js';
import { EndpointService } from '../src/modules/notification/endpoint.service.js';
import { EndpointStore } from '../src/modules/notification/endpoint.store.js';
import { event, type Notices, openNotices } from './notices-under-test.js';
import { BY_DEFAULT } from '../src/modules/notification/notification.policy.js';
import { PreferenceStore } from '../src/modules/notification/preference.store.js';
import type { PushMessage } from '../src/modules/notification/push-port.js';
import { PRESENT_MS, PushService } from '../src/modules/notification/push.service.js';
import { PushStore } from '../src/modules/notification/push.store.js';
import { WebhookPush } from '../src/modules/notification/webhook-push.js';

let notices: Notices;
let digest: DigestService;
let push: PushService;
let preferences: PreferenceStore;
let endpoints: EndpointService;
let gateway: Gateway;
let now = new Date('2026-03-01T12:00:00Z');
const online = new Set<string>();
const clock = { now: () => now };
const later = (ms: number): void => void (now = new Date(now.getTime() + ms));

const HOUR_MS = 3_600_000;
const tokens = new UnsubscribeTokens(TEST_SECRET);

beforeAll(async () => {
  gateway = await Gateway.open();
  notices = await openNotices((database) => {
    preferences = new PreferenceStore(database);
    endpoints = new EndpointService(database, new EndpointStore(database));
    digest = new DigestService({
      digests: new DigestStore(database),
      preferences,
      queue: new MailQueue(() => {}),
      tokens,
      calls,
      clock,
      unsubscribeUrl: 'http://plaza.example/unsubscribe',
    });
    push = new PushService({
      pushes: new PushStore(database),
      endpoints: new EndpointStore(database),
      port: new WebhookPush(gateway.url, 'secret'),
      presence: { isOnline: async (userId) => online.has(userId) },
      clock,
      logger: createLogger('silent', 'messaging'),
    });
    return [digest, push];
  });
});
beforeEach(() => gateway.forget());
afterAll(async () => {
  await notices.close();
  await gateway.close();
});

/** accounts, as far as it is asked. */
const nothing = (): never => {
  throw new Error('not asked in these tests');
};
const accounts: SubgraphPort = {
  name: 'accounts',
  execute: nothing,
  subscribe: nothing,
  deliver: nothing,
  ready: async () => true,
  call: async (name, input) => {
    if (name !== mailRecipients.name) return nothing();
    const { userIds } = mailRecipients.input.parse(input);
    const recipients = userIds.map((userId) => ({ userId, email: 'anna@example.org', handle: 'anna', displayName: 'Anna' }));
    return { recipients: recipients.map((recipient) => ({ ...recipient, locale: 'en', timeZone: 'UTC' })) };
  },
};
const { calls } = testHost('messaging', '', '', () => accounts);

/** A push gateway of an operator's: remembers what it was sent, and answers as its addresses say. */
class Gateway {
  sent: (PushMessage & { readonly channel: string; readonly address: string })[] = [];
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async open(): Promise<Gateway> {
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString('utf8')));
      request.on('end', () => {
        const message = JSON.parse(body);
        if (request.headers.authorization === 'Bearer secret') gateway.sent.push(message);
        response.writeHead(message.address.startsWith('gone') ? 410 : message.address.startsWith('broken') ? 503 : 202).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new Gateway(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`; // it listens on TCP
  }

  forget(): void {
    this.sent = [];
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

const like = (authorId: string, postId = newId()) => event('post.liked', { postId, authorId, userId: newId() }, now);
const prefer = (userId: string, given: Partial<Record<'push' | 'email' | 'sms', boolean>>) =>
  preferences.prefer(userId, 'LIKE', { inApp: null, push: null, email: null, sms: null, ...given }, BY_DEFAULT);

/** What the mail worker finds, each once. */
async function dueMails(): Promise<readonly MailJob[]> {
  const due = await takeDue(notices.database, { now, leaseUntil: new Date(now.getTime() + 60_000), atMost: 10 });
  for (const mail of due) await endMail(notices.database, mail, 'SENT', now);
  return due;
}

describe('the digest', () => {
  it('is one mail an hour for all that is wanted by e-mail and unread then, in numbers, with a way out', async () => {
    const [anna, postId] = [newId(), newId()];
    await prefer(anna, { email: true });
    await preferences.set(anna, { newAccounts: null, digest: 'HOURLY' });
    await notices.happen(like(anna, postId), like(anna, postId));
    later(HOUR_MS / 2);
    await notices.happen(like(anna), event('follow.removed', { followerId: newId(), followeeId: anna }));
    expect(await dueMails()).toEqual([]);

    later(HOUR_MS / 2);
    const mails = await dueMails();
    expect(mails).toMatchObject([{ userId: anna, kind: 'DIGEST' }]);
    const [mail] = mails;
    const composed = mail && (await digest.compose(mail));
    expect(composed).toMatchObject({ to: 'anna@example.org', subject: '3 things are new on Plaza' });
    expect(composed?.text).toContain('3 likes of your posts');
    const token = /token=([\w-]+)/u.exec(composed?.headers?.['List-Unsubscribe'] ?? '')?.[1] ?? '';
    expect(tokens.open(token)).toEqual({ userId: anna, list: 'digest' });
    // What comes after belongs to the next one.
    await notices.happen(like(anna));
    later(HOUR_MS);
    const [next] = await dueMails();
    expect(next && (await digest.compose(next))?.subject).toBe('One thing is new on Plaza');
  });

  it('is not sent when all of it is read, nor to whom it was ended', async () => {
    const [anna, binh] = [newId(), newId()];
    for (const id of [anna, binh]) await prefer(id, { email: true });
    await notices.happen(like(anna), like(binh));
    await notices.database.transaction((tx) => notices.store.markRead(tx, anna, null, now));
    await preferences.set(binh, { newAccounts: null, digest: 'OFF' });
    await notices.happen(like(binh));
    later(24 * HOUR_MS);
    const mails = await dueMails();
    expect(mails).toHaveLength(2);
    for (const mail of mails) expect(await digest.compose(mail)).toBeNull();
  });

  it('is nothing by default', async () => {
    await notices.happen(like(newId()));
    later(24 * HOUR_MS);
    expect(await dueMails()).toEqual([]);
  });
});

describe('push', () => {
  it('reaches each device once for each notification, text messages only where they are wanted', async () => {
    const [anna, postId] = [newId(), newId()];
    await endpoints.register(anna, 'FCM', `phone-${anna}`);
    await endpoints.register(anna, 'WEB_PUSH', `https://push.example/${anna}`);
    await endpoints.register(anna, 'SMS', '+84901234567');
    await notices.happen(like(anna, postId), like(anna, postId), like(anna, postId));
    await push.tend();
    expect(
      gateway.sent.map(({ channel, kind }) => [channel, kind]).toSorted((one, other) => String(one).localeCompare(String(other))),
    ).toEqual([
      ['FCM', 'LIKE'],
      ['WEB_PUSH', 'LIKE'],
    ]);
    await prefer(anna, { push: false, sms: true });
    gateway.forget();
    await notices.happen(like(anna));
    await push.tend();
    expect(gateway.sent.map(({ channel }) => channel)).toEqual(['SMS']);
  });

  it('forgets an address that is gone, and tries again where it could not be told', async () => {
    const anna = newId();
    await endpoints.register(anna, 'FCM', `gone-${anna}`);
    await endpoints.register(anna, 'APNS', `broken-${anna}`);
    await notices.happen(like(anna));
    await push.tend();
    expect(gateway.sent).toHaveLength(2);
    later(60_000);
    gateway.forget();
    await push.tend();
    expect(gateway.sent.map(({ address }) => address)).toEqual([`broken-${anna}`]);
    // Five times, then it is given up.
    for (let n = 0; n < 5; n += 1) {
      later(10 * 60_000);
      await push.tend();
    }
    expect(gateway.sent).toHaveLength(4);
  });

  it('waits while somebody has Plaza open, and is not sent when they have read it there', async () => {
    const [anna, binh] = [newId(), newId()];
    for (const id of [anna, binh]) {
      await endpoints.register(id, 'FCM', `phone-${id}`);
      online.add(id);
    }
    await notices.happen(like(anna), like(binh));
    await push.tend();
    expect(gateway.sent).toEqual([]);
    await notices.database.transaction((tx) => notices.store.markRead(tx, anna, null, now));
    later(PRESENT_MS);
    await push.tend();
    expect(gateway.sent.map(({ address }) => address)).toEqual([`phone-${binh}`]);
  });
});
