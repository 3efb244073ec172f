import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { EdgeLine } from './edge-line.js';

const OTHERS = 'gateways,gateway-2,1,UP,1,\ngateways,gateway-1-at-last,0,no check,1,\ngateways,BACKEND,3,UP,1,\n';

let server: Server;
let folder: string;

/** An edge that answers as HAProxy does: `show stat` says each of these in turn, the last one from then on; other words are noted. */
async function edge(
  statuses: readonly string[],
  { refusal = '', others = OTHERS } = {},
): Promise<{ readonly line: EdgeLine; readonly told: readonly string[] }> {
  const told: string[] = [];
  const left = [...statuses];
  server = createServer({ allowHalfOpen: true }, (socket) => {
    let text = '';
    socket.setEncoding('utf8').on('data', (part: string) => (text += part));
    socket.on('end', () => {
      const command = text.trim();
      if (command !== 'show stat') {
        told.push(command);
        socket.end(`${refusal}\n`);
        return;
      }
      const status = left.length > 1 ? left.shift() : left[0];
      socket.end(`# pxname,svname,scur,status,weight,\nplaza,FRONTEND,3,OPEN,,\ngateways,gateway-1,2,${status ?? ''},1,\n${others}\n`);
    });
  });
  folder = await mkdtemp(join(tmpdir(), 'plaza-edge-line-'));
  server.listen(join(folder, 'line'));
  await once(server, 'listening');
  return { line: new EdgeLine(join(folder, 'line')), told };
}

afterEach(async () => {
  server.close();
  await rm(folder, { recursive: true, force: true });
});

describe('a gateway behind the edge', () => {
  it('is out when the edge says so', async () => {
    const { line, told } = await edge(['UP', 'UP', 'DRAIN']);
    await line.takeOut('gateway-1');
    expect(told).toEqual(['set server gateways/gateway-1 state drain']);
  });

  it('goes where it is the only one', async () => {
    const { line, told } = await edge(['UP', 'DRAIN'], { others: 'gateways,gateway-1-at-last,0,no check,1,\ngateways,BACKEND,3,UP,1,\n' });
    await line.takeOut('gateway-1');
    expect(told).toHaveLength(1);
  });

  it('is back when the edge says so, without waiting for a look', async () => {
    const { line, told } = await edge(['DOWN', 'UP']);
    await line.putBack('gateway-1');
    expect(told).toEqual(['set server gateways/gateway-1 state ready', 'set server gateways/gateway-1 health up']);
  });

  it('stays where it is when the edge refuses', async () => {
    const { line } = await edge(['UP'], { refusal: 'No such server.' });
    await expect(line.takeOut('gateway-1')).rejects.toThrow('answered: No such server.');
  });
});
