import { createConnection } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { inTime } from '@plaza/kernel/in-time';
import type { Spreader } from './fleet.js';

const BACKEND = 'gateways';
/** Of servers that are asked when no look finds one. */
const NOT_LOOKED_AT = 'no check';
const LOOK_MS = 20;
const ANSWER_MS = 5_000;
/** How long the edge may take to see what it was told, or what is so. */
const SEEN_MS = 60_000;

/** The line to HAProxy's runtime API: what it says of its gateways, and what it is told of them. */
export class EdgeLine implements Spreader {
  readonly #socket: string;

  /** @param socket path of its `stats socket`, for this user only */
  constructor(socket: string) {
    this.#socket = socket;
  }

  /**
   * From when this resolves a gateway gets no new request and no new socket; what it has goes on. A look at its health changes nothing of that. It
   * does not go before the edge sees another one serve, where there is another.
   * @throws Error when the edge does not say that it is so
   */
  async takeOut(gateway: string): Promise<void> {
    await this.#until(`another than ${gateway} serves`, (statuses) => {
      const others = [...statuses].filter(([name]) => name !== gateway);
      return others.length === 0 || others.some(([, status]) => status.startsWith('UP'));
    });
    await this.#tell(`set server ${BACKEND}/${gateway} state drain`);
    await this.#seen(gateway, (status) => status === 'DRAIN' || status.startsWith('DOWN'));
  }

  /** From when this resolves a gateway that serves again is one of those that get what comes. @throws Error when the edge does not say so */
  async putBack(gateway: string): Promise<void> {
    await this.leaveToLooks(gateway);
    // It was asked itself: the edge need not look first.
    await this.#tell(`set server ${BACKEND}/${gateway} health up`);
    await this.#seen(gateway, (status) => status.startsWith('UP'));
  }

  /** A gateway gets what comes from when its looks say that it serves. */
  async leaveToLooks(gateway: string): Promise<void> {
    await this.#tell(`set server ${BACKEND}/${gateway} state ready`);
  }

  #seen(gateway: string, isSo: (status: string) => boolean): Promise<void> {
    return this.#until(`${gateway} is seen`, (statuses) => isSo(statuses.get(gateway) ?? 'unknown'));
  }

  async #until(what: string, isSo: (statuses: ReadonlyMap<string, string>) => boolean): Promise<void> {
    for (const end = Date.now() + SEEN_MS; ; await pause(LOOK_MS)) {
      const statuses = statusesOf(await this.#ask('show stat'));
      if (isSo(statuses)) return;
      if (Date.now() > end) throw new Error(`waited in vain until the edge says that ${what}; it says ${JSON.stringify([...statuses])}`);
    }
  }

  /** It says something only when it did not do it. */
  async #tell(command: string): Promise<void> {
    const said = (await this.#ask(command)).trim();
    if (said !== '') throw new Error(`the edge was told "${command}" and answered: ${said}`);
  }

  async #ask(command: string): Promise<string> {
    const socket = createConnection(this.#socket);
    try {
      return await inTime(
        new Promise<string>((resolve, reject) => {
          let text = '';
          socket.setEncoding('utf8');
          socket.on('data', (part: string) => (text += part));
          socket.on('end', () => resolve(text));
          socket.on('error', reject);
          socket.end(`${command}\n`);
        }),
        ANSWER_MS,
        'the edge',
      );
    } finally {
      socket.destroy();
    }
  }
}

/** Of each gateway that is looked at. `show stat` has lines of values with commas between, under a line of their names. */
function statusesOf(table: string): ReadonlyMap<string, string> {
  const [head = '', ...rows] = table.trim().split('\n');
  const names = head.replace(/^# /u, '').split(',');
  const [at, by, status] = ['pxname', 'svname', 'status'].map((name) => names.indexOf(name));
  const cells = rows.map((line) => line.split(',')).filter((row) => row[at ?? -1] === BACKEND);
  const servers = cells.map((row) => [row[by ?? -1] ?? '', row[status ?? -1] ?? ''] as const);
  return new Map(servers.filter(([name, state]) => name !== 'BACKEND' && state !== NOT_LOOKED_AT));
}
