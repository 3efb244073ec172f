import { createTransport } from 'nodemailer';
import type { Delivery, Mail, MailPort } from './mail.js';
import { messageOf } from './message.js';

const CONNECT_MS = 10_000;
/** A server that says nothing for so long is away. */
const SILENCE_MS = 30_000;
const CONNECTIONS = 2;
const MAX_REASON = 300;

/** Gives mail to a server. `url`: smtp://user:password@host:587, smtps://… for TLS from the first byte. */
export class SmtpMail implements MailPort {
  readonly #from: string;
  readonly #transport;

  constructor(url: string, from: string) {
    this.#from = from;
    this.#transport = createTransport({
      url,
      pool: true,
      maxConnections: CONNECTIONS,
      connectionTimeout: CONNECT_MS,
      greetingTimeout: CONNECT_MS,
      socketTimeout: SILENCE_MS,
    });
  }

  async send(mail: Mail): Promise<Delivery> {
    try {
      await this.#transport.sendMail(messageOf(mail, this.#from));
      return { kind: 'taken' };
    } catch (error) {
      if (!isForGood(error)) throw error;
      return { kind: 'refused', reason: error.message.replaceAll(mail.to, '…').slice(0, MAX_REASON) };
    }
  }

  async close(): Promise<void> {
    this.#transport.close();
  }
}

/** What is said of the recipient and of the message is said of this mail. */
const OF_THIS_MAIL: ReadonlySet<unknown> = new Set(['RCPT TO', 'DATA']);

/** The server looked at this mail and said 5xx. A sender or a login that is refused, in words as final, is ours to mend: the mail waits. */
function isForGood(error: unknown): error is Error {
  if (!(error instanceof Error) || !('responseCode' in error) || !('command' in error)) return false;
  const status = Number(error.responseCode);
  return status >= 500 && status < 600 && OF_THIS_MAIL.has(error.command);
}
