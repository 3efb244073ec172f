import type { PaymentProvider } from './payment-provider.js';
import type { PaymentStore } from './payment.store.js';

export interface ProviderInboxParts {
  readonly payments: PaymentStore;
  readonly providers: ReadonlyMap<string, PaymentProvider>;
  /** Takes the next steps of a payment and of its refunds. */
  readonly advance: (paymentId: string) => Promise<void>;
}

/** What providers tell by themselves. A notice is a hint to ask: twice, late or in any order, it does no harm; lost, the sweep asks anyway. */
export class ProviderInbox {
  readonly #parts: ProviderInboxParts;

  constructor(parts: ProviderInboxParts) {
    this.#parts = parts;
  }

  /** @param header reads a header by its name in lower case. @returns false: nobody we trust said so */
  async receive(providerName: string, body: Buffer, header: (name: string) => string): Promise<boolean> {
    const { providers, payments, advance } = this.#parts;
    const provider = providers.get(providerName);
    const notice = provider?.readNotice(body, header(provider.signatureHeader)) ?? null;
    if (notice === null) return false;
    if (!(await payments.isNewNotice(providerName, notice.eventId)) || notice.key === null) return true;
    const payment = await payments.byId(notice.key);
    if (payment?.provider === providerName) await advance(payment.id);
    return true;
  }
}
