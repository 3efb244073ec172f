import type { Amount } from '../../money/amount.js';

/** A charge as its provider knows it: by our key, under which every verb may be repeated without another effect. */
export interface Charge {
  readonly key: string;
  readonly amount: Amount;
  /** The means of payment, as the provider named it to the client. */
  readonly token: string;
  /** What the provider calls it, as soon as it has told. */
  readonly reference: string | null;
}

export type ChargeStatus = 'pending' | 'authorized' | 'declined' | 'captured' | 'cancelled';

export interface ProviderAnswer {
  readonly status: ChargeStatus;
  /** What the provider calls the charge, when it has a name of its own. */
  readonly reference?: string;
  /** What the buyer has to do elsewhere. */
  readonly nextAction?: { readonly redirectUrl: string; readonly expiresAt: Date };
}

/** Giving back what was taken, or a part of it. */
export interface ProviderRefund {
  /** Ours, of this refund. */
  readonly key: string;
  readonly charge: Charge;
  readonly amount: Amount;
}

export type ProviderRefundStatus = 'pending' | 'succeeded' | 'failed';

/** What a provider tells by itself. */
export interface ProviderNotice {
  /** Unique for the provider. */
  readonly eventId: string;
  /**
   * Our key of the charge that has changed, or whose refunds have: how they stand is asked, so the order in which notices come does not matter.
   * Null for a notice about anything else.
   */
  readonly key: string | null;
}

/**
 * Who moves the money. Every verb throws when its outcome is unknown (no answer, an answer that cannot be read): then it is asked again later,
 * under the same key.
 */
export interface PaymentProvider {
  readonly name: string;
  /** The header of a notice that carries its signature, in lower case. */
  readonly signatureHeader: string;
  /** Puts the money aside. */
  authorize(charge: Charge): Promise<ProviderAnswer>;
  /** Takes what was put aside. */
  capture(charge: Charge): Promise<ProviderAnswer>;
  /** Sets free what was put aside. */
  cancel(charge: Charge): Promise<ProviderAnswer>;
  status(charge: Charge): Promise<ProviderAnswer>;
  /** Gives back; asked again, tells how that stands. */
  refund(refund: ProviderRefund): Promise<ProviderRefundStatus>;
  /** Reads a notice whose signature is right; null for any other. */
  readNotice(body: Buffer, signature: string): ProviderNotice | null;
}
