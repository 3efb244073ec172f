import { PlanTooLargeError } from '@plaza/federation-engine/plan/planner';
import { parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { NewPlans } from '../src/engine/plaza/new-plans.js';
import { PlazaEngine } from '../src/engine/plaza/plaza-engine.js';
import { composedOnce } from './world.js';

const limited = { code: 'RATE_LIMITED', retryAfter: expect.any(Number) };
const tooLarge = (): Promise<never> => Promise.reject(new PlanTooLargeError('too many'));
const fine = (): Promise<string> => Promise.resolve('plan');

describe('new plans', () => {
  it('are bounded for each client', async () => {
    const plans = new NewPlans({ requests: 2, seconds: 600 });
    expect([await plans.charge('anna', fine), await plans.charge('anna', fine)]).toEqual(['plan', 'plan']);
    await expect(plans.charge('anna', fine)).rejects.toMatchObject(limited);
    expect(await plans.charge('binh', fine)).toBe('plan');
  });

  it('that are never made are dear', async () => {
    const plans = new NewPlans({ requests: 60, seconds: 600 });
    for (const _ of [1, 2]) await expect(plans.charge('anna', tooLarge)).rejects.toBeInstanceOf(PlanTooLargeError);
    await expect(plans.charge('anna', fine)).rejects.toMatchObject(limited);
  });
});

const operation = (text: string, isTrusted = false) => ({ document: parse(text), kind: 'query', key: text, isTrusted }) as const;
const FIRST = '{ thing(id: "t1") { name } }';
const SECOND = '{ thing(id: "t1") { title } }';
const THIRD = '{ thing(id: "t1") { id } }';

describe('the engine', { timeout: 120_000 }, () => {
  it('charges a client for what nobody asked before, and for nothing else', async () => {
    const engine = PlazaEngine.start({ supergraphSdl: composedOnce(), newPlans: { requests: 1, seconds: 600 } });
    const subgraphs = { fetch: () => Promise.resolve({ data: {} }) };
    const ask = (text: string, isTrusted = false) =>
      engine.execute({ operation: operation(text, isTrusted), variables: {}, subgraphs, client: 'anna' });
    try {
      expect((await ask(FIRST)).errors).toBeUndefined();
      expect((await ask(FIRST)).errors).toBeUndefined();
      await expect(ask(SECOND)).rejects.toMatchObject(limited);
      expect((await ask(THIRD, true)).errors).toBeUndefined();
      await engine.plan(operation(SECOND));
      expect((await ask(SECOND)).errors).toBeUndefined();
    } finally {
      await engine.stop();
    }
  });

  it('says that it is busy rather than let everybody wait', async () => {
    const engine = PlazaEngine.start({ supergraphSdl: composedOnce(), threads: { queue: -1 } });
    await expect(engine.plan(operation(FIRST))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect((await engine.plan(operation(FIRST, true))).kind).toBe('query');
    await engine.stop();
  });
});
