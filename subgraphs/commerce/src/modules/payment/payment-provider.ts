import type { Amount } from '../../money/amount.js';

/** A charge as its provider knows it: by our key, under which every verb may be repeated without another effect. */
export interface Charge {
  readonly key: string;
  readonly amount: Amount;
  /** The means of payment, as the provider named it to the client. */
  readonly token: string;
}

export type ChargeStatus = 'pending' | 'authorized' | 'declined' | 'captured' | 'cancelled' | 'refunded';

export interface ProviderAnswer {
  readonly status: ChargeStatus;
  /** What the buyer has to do elsewhere. */
  readonly nextAction?: { readonly redirectUrl: string; readonly expiresAt: Date };
}

/** What a provider tells by itself. */
export interface ProviderNotice {
  /** Unique for the provider. */
  readonly eventId: string;
  /** The charge that has changed; how it stands is asked, so the order in which notices come does not matter. */
  readonly key: string;
}

/**
 * Who moves the money. Every verb throws when its outcome is unknown (no answer, an answer that cannot be read): then it is asked again later,
 * under the same key.
 */
export interface PaymentProvider {
  readonly name: string;
  /** Puts the money aside. */
  authorize(charge: Charge): Promise<ProviderAnswer>;
  /** Takes what was put aside. */
  capture(key: string): Promise<ProviderAnswer>;
  /** Sets free what was put aside. */
  cancel(key: string): Promise<ProviderAnswer>;
  /** Gives back what was taken. */
  refund(key: string): Promise<ProviderAnswer>;
  status(key: string): Promise<ProviderAnswer>;
  /** Reads a notice whose signature is right; null for any other. */
  readNotice(body: Buffer, signature: string): ProviderNotice | null;
}
