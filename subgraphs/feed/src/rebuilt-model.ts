import type { Asker } from '@plaza/calls/call-client';
import type { Tx } from '@plaza/db/database';

/** A read model of another module, built anew after posts, reposts and follows in the same transaction. */
export interface RebuiltModel {
  /** @throws Fault UNAVAILABLE when an owner cannot be asked; then nothing is changed. */
  rebuild(tx: Tx, asker: Asker): Promise<void>;
}

/** Takes an owner's snapshot page by page. */
export async function eachPage<Cursor, Page extends { readonly nextAfter: Cursor | null }>(
  read: (after: Cursor | null) => Promise<Page>,
  take: (page: Page) => Promise<void>,
): Promise<void> {
  let after: Cursor | null = null;
  do {
    const page: Page = await read(after);
    await take(page);
    after = page.nextAfter;
  } while (after !== null);
}
