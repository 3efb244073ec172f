import { randomBytes } from 'node:crypto';
import { Assertions, type Claims } from '@plaza/auth/assertion';
import { Fault } from '@plaza/kernel/fault';
import { describe, expect, it } from 'vitest';
import { CallClient } from './call-client.js';
import { relationEpochs } from './contracts/social.calls.js';
import { assertionBody, type SubgraphPort } from './subgraph-port.js';

const assertions = new Assertions(randomBytes(32));
const nobody = { viewer: null, requestId: 'r' };
const answer = { epochs: [] };

function social(call: (claims: Claims) => Promise<unknown>) {
  const asked: Claims[] = [];
  const port: SubgraphPort = {
    name: 'social',
    execute: () => Promise.reject(new Error('not asked')),
    subscribe: () => Promise.reject(new Error('not asked')),
    async call(name, input, assertion) {
      const claims = assertions.verify(assertion, 'social', assertionBody.call(name, input));
      asked.push(claims);
      return call(claims);
    },
    deliver: () => Promise.resolve(),
    ready: () => Promise.resolve(true),
  };
  const client = new CallClient('content', assertions, () => port);
  const ask = (deadline?: number) =>
    client
      .ask(relationEpochs, { userIds: [] }, deadline === undefined ? nobody : { ...nobody, deadline })
      .catch((error: unknown) => (error instanceof Fault ? error.code : error));
  return { asked, ask };
}
const never = (): Promise<never> => new Promise(() => undefined);

describe('a question to another subgraph', () => {
  it('says until when its answer is of use: before its asker’s own must be out', async () => {
    const { ask, asked } = social(async () => answer);
    const deadline = Date.now() + 1_000;
    await ask(deadline);
    expect(asked[0]?.deadline).toBeLessThan(deadline);
    await ask();
    expect(asked[1]?.deadline).toBeGreaterThan(Date.now());
  });

  it('is not waited for longer than that', async () => {
    const { ask } = social(never);
    expect(await ask(Date.now() + 80)).toBe('UNAVAILABLE');
  });

  it('is not sent when no time is left', async () => {
    const { ask, asked } = social(async () => answer);
    expect([await ask(Date.now() - 1), asked.length]).toEqual(['UNAVAILABLE', 0]);
  });

  it('is not sent for a while after several in a row were waited for in vain', async () => {
    const { ask, asked } = social(never);
    for (let n = 0; n < 5; n += 1) await ask(Date.now() + 40);
    expect([await ask(), asked.length]).toEqual(['UNAVAILABLE', 5]);
  });

  it('goes on being sent where it fails at once: that costs nobody time', async () => {
    const { ask, asked } = social(async () => Promise.reject(new Error('refused')));
    for (let n = 0; n < 20; n += 1) await ask();
    expect(asked).toHaveLength(20);
  });
});
