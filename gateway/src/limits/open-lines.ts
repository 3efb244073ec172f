import { Fault } from '@plaza/kernel/fault';
import type { SocketLimits } from './limits.js';
import { Presence } from './presence.js';
import { networkOf } from './rate-limit.js';

/** Whose line it is. */
export interface LineOwner {
  readonly address: string | null;
  readonly identity: { readonly userId: string } | null;
}

const COME_AGAIN_SECONDS = 5;

/** Counts the lines that stay open, WebSockets and streams over HTTP together, by network address and by account. */
export class OpenLines {
  readonly byAddress: Presence;
  readonly byAccount: Presence;

  constructor(limits: SocketLimits) {
    this.byAddress = new Presence(limits.perAddress);
    this.byAccount = new Presence(limits.perAccount);
  }

  /** @returns what to call when the line is closed. @throws Fault RATE_LIMITED when there are as many as there may be */
  enter({ address, identity }: LineOwner): () => void {
    const network = networkOf(address ?? '');
    if (!this.byAddress.enter(network)) throw tooMany('of this network address');
    if (identity !== null && !this.byAccount.enter(identity.userId)) {
      this.byAddress.leave(network);
      throw tooMany('of this account');
    }
    return () => {
      this.byAddress.leave(network);
      if (identity !== null) this.byAccount.leave(identity.userId);
    };
  }
}

const tooMany = (whose: string): Fault => new Fault('RATE_LIMITED', `Too many open lines ${whose}.`, { retryAfter: COME_AGAIN_SECONDS });
