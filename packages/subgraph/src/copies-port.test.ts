import { unavailable } from '@plaza/kernel/fault';
import { describe, expect, it } from 'vitest';
import { CopiesPort, type CopyPort, type OpenCopy } from './copies-port.js';

/** A copy that answers with its name, until it is told to do something else. */
interface Stub {
  answer: () => Promise<string>;
  isServing: boolean;
  /** How often it was asked whether it serves. */
  looks: number;
  asked: number;
  readonly say: (isStaying: boolean, tookMs?: number) => void;
}

function house(names: readonly string[]): {
  readonly port: CopiesPort;
  readonly stubs: readonly Stub[];
  readonly later: (ms: number) => void;
} {
  const stubs: Stub[] = [];
  let now = 0;
  const open: OpenCopy = (base, heard) => {
    const stub: Stub = {
      answer: async () => base,
      isServing: true,
      looks: 0,
      asked: 0,
      say: (isStaying, tookMs = 0) => heard(isStaying, tookMs),
    };
    stubs.push(stub);
    const port: CopyPort = {
      name: 'feed',
      execute: async () => ({}),
      executeFor: async () => ({}),
      subscribe: async () => ({}),
      deliver: async () => undefined,
      call: async () => {
        stub.asked += 1;
        return stub.answer();
      },
      ready: async () => stub.isServing,
      serving: async () => {
        stub.looks += 1;
        return stub.isServing;
      },
      proxy: (_request, response) => void response.end(base),
      close: () => undefined,
    };
    return port;
  };
  return { port: new CopiesPort('feed', names, open, () => now), stubs, later: (ms) => (now += ms) };
}

const ask = async (port: CopiesPort): Promise<unknown> => port.call('anything', {}, '');
const refused = async (): Promise<never> => {
  throw unavailable('feed', Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }));
};
const cut = async (): Promise<never> => {
  throw unavailable('feed', Object.assign(new Error('socket'), { code: 'UND_ERR_SOCKET' }));
};

describe('copies of one subgraph', () => {
  it('take turns', async () => {
    const { port } = house(['a', 'b', 'c']);
    const answers = [await ask(port), await ask(port), await ask(port)];
    expect(new Set(answers)).toEqual(new Set(['a', 'b', 'c']));
  });

  it('are asked where the least is under way', async () => {
    const { port, stubs } = house(['a', 'b']);
    let release = (): void => undefined;
    const held = new Promise<string>((resolve) => (release = () => resolve('late')));
    const [first] = stubs;
    if (first !== undefined) first.answer = () => held;
    const slow = [ask(port), ask(port)];
    for (let i = 0; i < 4; i += 1) expect(await Promise.race([ask(port), ...slow])).toBe('b');
    release();
    await Promise.all(slow);
  });

  it('that die are passed over, and what could not be sent goes to another', async () => {
    const { port, stubs } = house(['a', 'b']);
    await ask(port);
    await ask(port);
    for (const stub of stubs.slice(0, 1)) Object.assign(stub, { answer: refused, isServing: false });
    for (let i = 0; i < 6; i += 1) expect(await ask(port)).toBe('b');
    expect(stubs[0]?.asked).toBe(2);
  });

  it('that come back are asked again', async () => {
    const { port, stubs, later } = house(['a', 'b']);
    for (const stub of stubs.slice(0, 1)) Object.assign(stub, { answer: refused, isServing: false });
    for (let i = 0; i < 4; i += 1) expect(await ask(port)).toBe('b');
    for (const stub of stubs.slice(0, 1)) Object.assign(stub, { answer: async () => 'a', isServing: true });
    later(10_000);
    expect(new Set([await ask(port), await ask(port)])).toEqual(new Set(['a', 'b']));
  });

  it('are never sent twice what was sent', async () => {
    const { port, stubs } = house(['a', 'b']);
    for (const stub of stubs) stub.answer = cut;
    await expect(ask(port)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(stubs.map(({ asked }) => asked).toSorted((a, b) => a - b)).toEqual([0, 1]);
  });

  it('that leave get nothing more', async () => {
    const { port, stubs } = house(['a', 'b']);
    await ask(port);
    await ask(port);
    const [first] = stubs;
    if (first !== undefined) first.isServing = false;
    first?.say(false);
    for (let i = 0; i < 4; i += 1) expect(await ask(port)).toBe('b');
  });

  it('are asked whether they stay after a second of silence only', async () => {
    const { port, stubs, later } = house(['a', 'b']);
    const [first] = stubs;
    for (let i = 0; i < 10; i += 1) {
      await ask(port);
      later(100);
      for (const stub of stubs) stub.say(true);
    }
    const before = first?.looks ?? 0;
    expect(before).toBeLessThanOrEqual(1);
    later(1_100);
    for (let i = 0; i < 4; i += 1) await ask(port);
    expect(first?.looks).toBe(before + 1);
  });

  it('are held to what they said when they were asked, not when they had answered', async () => {
    const { port, stubs, later } = house(['a', 'b']);
    await ask(port);
    await ask(port);
    later(1_100);
    for (const stub of stubs) {
      stub.looks = 0;
      stub.say(true, 1_500);
    }
    await ask(port);
    expect(stubs.reduce((sum, { looks }) => sum + looks, 0)).toBe(1);
  });

  it('answer that they are away when all are', async () => {
    const { port, stubs } = house(['a', 'b']);
    for (const stub of stubs) Object.assign(stub, { answer: refused, isServing: false });
    await expect(ask(port)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await expect(port.ready()).resolves.toBe(false);
  });
});
