/** `npm run check:stripe`: see HELP. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { newId } from '@plaza/kernel/id';
import { createLogger } from '@plaza/telemetry/logger';
import type { z } from 'zod';
import { StripeClient } from '../src/modules/payment/stripe-client.js';
import { StripeProvider } from '../src/modules/payment/stripe-provider.js';

const VERSION = 'v0.203.0';
const HELP = `npm run check:stripe [-- --mock <path of stripe-mock>]      does Stripe understand us, and we it?

Starts Stripe's own mock server (github.com/stripe/stripe-mock ${VERSION}, by \`go install\` unless a binary is given), which checks every request
against Stripe's published API and answers with examples of it, and plays every verb of the payment provider against it. The mock remembers
nothing: how a payment goes on is tried against a server of our own, in the tests.`;

const { values } = parseArgs({ options: { mock: { type: 'string' }, help: { type: 'boolean', short: 'h' } } });
const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function ended(command: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<void> {
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, ...env } });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${String(code)}`);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // it listens on a port
  server.close();
  return port;
}

/** Hears of every refusal, also of those that the provider has an answer to. */
class Heard extends StripeClient {
  readonly refusals: string[] = [];

  override async post<T extends z.ZodType>(
    answer: T,
    path: string,
    key: string,
    form: Readonly<Record<string, string>>,
  ): Promise<z.output<T>> {
    return super.post(answer, path, key, form).catch((error: unknown) => {
      this.refusals.push(`${path}: ${String(error)}`);
      throw error;
    });
  }
}

async function check(url: string): Promise<number> {
  const parts = { webhookSecret: 'whsec', clock: { now: () => new Date() }, logger: createLogger('warn', 'commerce') };
  const client = new Heard(url, 'sk_test_123');
  const amount = { amountMinor: '1250', currencyCode: 'USD' };
  const charge = { key: newId(), token: 'pm_card_visa', amount, reference: null };
  let faults = 0;
  const tried = async (what: string, work: () => Promise<unknown>): Promise<void> => {
    try {
      say(`${what}: ${JSON.stringify(await work())}`);
    } catch (error) {
      faults += 1;
      say(`${what}: FAULT ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  for (const returnUrl of [null, 'https://plaza.example/orders']) {
    const provider = new StripeProvider({ ...parts, client, returnUrl });
    const answer = await provider.authorize(charge);
    // The mock's example of a new intent waits for a payment method, which we read as a refusal; its id says that it was made.
    await tried(`authorize, ${returnUrl === null ? 'nobody is sent elsewhere' : 'with a way back'}`, async () => {
      if (answer.reference === undefined) throw new Error(`not made: ${JSON.stringify(answer)}`);
      return answer;
    });
    const known = { ...charge, reference: answer.reference ?? 'pi_123' };
    await tried('status', () => provider.status(known));
    await tried('capture', () => provider.capture(known));
    await tried('cancel', () => provider.cancel(known));
    await tried('refund', async () => {
      const status = await provider.refund({ key: newId(), charge: known, amount });
      if (status === 'failed') throw new Error('refused');
      return status;
    });
  }
  for (const refusal of client.refusals) say(`refused: ${refusal}`);
  return faults + client.refusals.length;
}

if (values.help === true) say(HELP);
else {
  const folder = await mkdtemp(join(tmpdir(), 'plaza-stripe-'));
  let mock: ReturnType<typeof spawn> | null = null;
  try {
    const binary = values.mock ?? join(folder, 'stripe-mock');
    if (values.mock === undefined) await ended('go', ['install', `github.com/stripe/stripe-mock@${VERSION}`], { GOBIN: folder });
    const port = await freePort();
    mock = spawn(binary, ['-http-addr', `127.0.0.1:${port}`], { stdio: 'ignore' });
    const url = `http://127.0.0.1:${port}`;
    while ((await fetch(url).catch(() => null)) === null) {
      if (mock.exitCode !== null) throw new Error(`stripe-mock ended with ${mock.exitCode}`);
      await pause(100);
    }
    const faults = await check(url);
    say(faults === 0 ? `stripe-mock ${VERSION} takes every request, and every answer is understood` : `${faults} faults`);
    process.exitCode = faults === 0 ? 0 : 1;
  } finally {
    mock?.kill();
    await rm(folder, { recursive: true, force: true });
  }
}
