import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { describe, expect, it } from 'vitest';
import { aMail, describeMail, FROM, type MailUnderTest } from './contract.suite.js';
import { SmtpMail } from './smtp-mail.js';

/** A server that speaks SMTP and keeps what it is given. */
async function openServer(options: SMTPServerOptions = {}): Promise<MailUnderTest> {
  const taken: Buffer[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    logger: false,
    onData: (stream, _session, done) => {
      buffer(stream).then(
        (bytes) => {
          taken.push(bytes);
          done();
        },
        (error: unknown) => done(error instanceof Error ? error : new Error('broken')),
      );
    },
    ...options,
  });
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  const { port } = server.server.address() as AddressInfo; // a TCP server has one
  const mail = new SmtpMail(`smtp://127.0.0.1:${port}`, FROM);
  return {
    mail,
    arrived: async () => taken,
    close: async () => {
      await mail.close();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

const saying = (responseCode: number, text: string) => Object.assign(new Error(text), { responseCode });

describe('mail over SMTP', () => {
  describeMail(openServer);

  it('is refused for good when the server knows no such mailbox; the reason names nobody', async () => {
    const world = await openServer({ onRcptTo: ({ address }, _session, done) => done(saying(550, `no ${address} here`)) });
    const delivery = await world.mail.send(aMail());
    await world.close();

    expect(delivery).toMatchObject({ kind: 'refused' });
    expect(JSON.stringify(delivery)).toContain('550');
    expect(JSON.stringify(delivery)).not.toContain('anna@example.org');
  });

  it('is to be tried again when the server is busy', async () => {
    const world = await openServer({ onRcptTo: (_address, _session, done) => done(saying(451, 'later')) });
    await expect(world.mail.send(aMail())).rejects.toThrow('451');
    await world.close();
  });

  it('is to be tried again when the server does not let us in: that is ours to mend', async () => {
    const world = await openServer({ authOptional: false });
    await expect(world.mail.send(aMail())).rejects.toThrow('530');
    await world.close();
  });

  it('is refused for good when the server takes the mailbox but not what is said', async () => {
    const world = await openServer({
      onData: (stream, _session, done) => {
        stream.resume().on('end', () => done(saying(554, 'not here')));
      },
    });
    expect(await world.mail.send(aMail())).toMatchObject({ kind: 'refused' });
    await world.close();
  });

  it('is to be tried again when nobody is there', async () => {
    const free = createServer().listen(0, '127.0.0.1');
    await once(free, 'listening');
    const { port } = free.address() as AddressInfo; // a TCP server has one
    await new Promise((resolve) => free.close(resolve));
    const mail = new SmtpMail(`smtp://127.0.0.1:${port}`, FROM);
    await expect(mail.send(aMail())).rejects.toThrow('ECONNREFUSED');
    await mail.close();
  });
});
