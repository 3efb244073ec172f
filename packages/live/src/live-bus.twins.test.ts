import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect as dial, createServer, type AddressInfo, type Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { createClient } from 'redis';
import { engineTwin } from '@plaza/testing/engine-twin';
import { describe, expect, it, vi } from 'vitest';
import { InProcessBus } from './in-process-bus.js';
import { liveBusContract } from './live-bus.suite.js';
import { RedisBus } from './redis-bus.js';

const PATIENCE = { timeout: 50_000 };

describe('within one process', () => {
  liveBusContract(async () => {
    const bus = new InProcessBus();
    return { processes: [bus, bus], close: async () => {} };
  });
});

engineTwin('by Redis', 'REDIS_URL', (url) => {
  const connect = async (prefix: string): Promise<RedisBus> => {
    const bus = new RedisBus({ url, prefix });
    await bus.ready(50_000);
    return bus;
  };

  liveBusContract(async () => {
    const prefix = `test:${randomUUID()}:`;
    const [here, there] = [await connect(prefix), await connect(prefix)];
    return {
      processes: [here, there],
      close: async () => {
        here.close();
        there.close();
      },
    };
  });

  it('hears the others again after Redis has cut the lines, and is told to look', async () => {
    const prefix = `test:${randomUUID()}:`;
    const [here, there] = [await connect(prefix), await connect(prefix)];
    const heard: string[] = [];
    await there.attach('test:a', (message) => heard.push(message));
    const before = there.hearing;
    expect(before).not.toBeNull();
    const operator = await createClient({ url }).connect();
    await operator.sendCommand(['CLIENT', 'KILL', 'TYPE', 'pubsub']);
    operator.destroy();
    await vi.waitFor(() => expect(heard).toEqual(['']), PATIENCE);
    here.publish('test:a', 'we are back');
    await vi.waitFor(() => expect(heard).toEqual(['', 'we are back']), PATIENCE);
    expect(there.hearing).not.toBeNull();
    expect(there.hearing).not.toBe(before);
    here.close();
    there.close();
  });

  it('knows that it hears nothing of the others while Redis hangs, and looks when it answers again', async () => {
    const line = await quietLine(url);
    const bus = new RedisBus({ url: line.url, prefix: `test:${randomUUID()}:` });
    await bus.ready(50_000);
    const before = bus.hearing;
    expect(before).not.toBeNull();
    const heard: string[] = [];
    await bus.attach('test:a', (message) => heard.push(message));
    line.quiet(true);
    await vi.waitFor(() => expect(bus.hearing).toBeNull(), PATIENCE);
    line.quiet(false);
    await vi.waitFor(() => expect(heard).toEqual(['']), PATIENCE);
    expect(bus.hearing).not.toBeNull();
    expect(bus.hearing).not.toBe(before);
    bus.close();
    line.close();
  });
});

/** A line to an engine on which nothing comes through for a while, and nothing breaks. */
async function quietLine(url: string): Promise<{ readonly url: string; quiet: (isQuiet: boolean) => void; close: () => void }> {
  const { hostname, port } = new URL(url);
  const sockets = new Set<Socket>();
  const server = createServer((here) => {
    const there = dial(Number(port), hostname);
    here.pipe(there).on('error', () => undefined);
    there.pipe(here).on('error', () => undefined);
    for (const socket of [here, there]) sockets.add(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const line = new URL(url);
  line.host = `127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  return {
    url: line.href,
    quiet: (isQuiet) => {
      for (const socket of sockets)
        if (isQuiet) socket.pause();
        else socket.resume();
    },
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

describe('by a Redis that is not there', () => {
  it('still tells those of the same process, and holds up nobody', async () => {
    const changes: unknown[] = [];
    const bus = new RedisBus({ url: 'redis://127.0.0.1:1', onChange: (error) => changes.push(error) });
    const heard: string[] = [];
    const leave = await bus.attach('test:a', (message) => heard.push(message));
    bus.publish('test:a', 'to myself');
    await vi.waitFor(() => expect(heard).toEqual(['to myself']), PATIENCE);
    await vi.waitFor(() => expect(changes).toHaveLength(1), PATIENCE);
    expect(bus.hearing).toBeNull();
    leave();
    expect(bus.channels).toBe(0);
    bus.close();
    await turn();
  });
});
