/** One mail to one person, ready to go. */
export interface Mail {
  /** One address, without a name. */
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  /** The same once more for who likes it formatted. */
  readonly html?: string;
  /** `<id@host>`, the same at each attempt: by it mailboxes know a mail that comes twice. */
  readonly messageId: string;
  /** Further headers, one line each. */
  readonly headers?: Readonly<Record<string, string>>;
}

export type Delivery =
  /** Whoever takes it on has it for sure. */
  | { readonly kind: 'taken' }
  /** It never will be: no such mailbox, say. The reason holds no address. */
  | { readonly kind: 'refused'; readonly reason: string };

/** Where mail leaves the house: `folder-mail.ts` keeps it in a folder, `smtp-mail.ts` gives it to a server; contract.suite.ts holds both to this. */
export interface MailPort {
  /** @throws Error when the outcome is unknown or may change by itself: then it is sent again later, under the same Message-ID. */
  send(mail: Mail): Promise<Delivery>;
  /** Lets go of connections. */
  close(): Promise<void>;
}
