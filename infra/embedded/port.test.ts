import { listen } from '@plaza/gateway/http/listen';
import { expect, it } from 'vitest';
import { takePort } from './port.js';

it('answers every request while it is held, and after it was taken over', async () => {
  const held = await takePort(0, '127.0.0.1');
  const ask = async () => (await fetch(`http://127.0.0.1:${String(held.port)}/`, { signal: AbortSignal.timeout(2_000) })).status;
  expect(await ask()).toBe(503);
  const listening = await listen(held.server, (_request, response) => response.writeHead(204).end(), held.port, '127.0.0.1');
  expect(await ask()).toBe(204);
  await listening.stop(0);
});

it('says in one line that a port is taken', { timeout: 10_000 }, async () => {
  const held = await takePort(0, '127.0.0.1');
  await expect(takePort(held.port, '127.0.0.1')).rejects.toThrow(`port ${String(held.port)} on 127.0.0.1 is in use`);
  await held.release();
});
