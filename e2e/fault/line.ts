import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** A line between people and Plaza that can be slow, can be cut, and can lose answers. */
export class Line {
  readonly #server: Server;
  readonly #pairs = new Set<readonly [Socket, Socket]>();
  #delayMs = 0;
  #toLose = 0;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async to(port: number): Promise<Line> {
    const server = createServer({ allowHalfOpen: false });
    const line = new Line(server);
    server.on('connection', (near) => line.#join(near, connect(port, '127.0.0.1')));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return line;
  }

  get url(): string {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    return `http://127.0.0.1:${address.port}/graphql`;
  }

  cut(): void {
    for (const pair of this.#pairs) for (const socket of pair) socket.destroy();
  }

  /** What every piece takes longer from now on, each way. Who is on the line begins anew: nothing overtakes. */
  slow(ms: number): void {
    this.cut();
    this.#delayMs = ms;
  }

  /** Of the next answers so many never come: their connections end instead. @returns how many were still to be lost before */
  lose(answers: number): number {
    const before = this.#toLose;
    this.#toLose = answers;
    return before;
  }

  async close(): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #join(near: Socket, far: Socket): void {
    const pair = [near, far] as const;
    this.#pairs.add(pair);
    const end = (): void => {
      this.#pairs.delete(pair);
      near.destroy();
      far.destroy();
    };
    for (const socket of pair) socket.on('error', end).on('close', end);
    near.on('data', (piece) => this.#after(() => far.write(piece)));
    far.on('data', (piece) => {
      if (this.#toLose === 0) return this.#after(() => near.write(piece));
      this.#toLose -= 1;
      end();
    });
  }

  #after(work: () => void): void {
    if (this.#delayMs === 0) work();
    else setTimeout(work, this.#delayMs);
  }
}
