import { setTimeout as pause } from 'node:timers/promises';
import { askOnce } from '@plaza/db/with-client';

/** Waits until the feed has built every timeline that it was asked for. */
export async function built(feedUrl: string): Promise<void> {
  for (;;) {
    const [row] = await askOnce<{ left: string }>(feedUrl, 'SELECT count(*) AS left FROM refresh_task');
    if (row?.left === '0') return;
    await pause(100);
  }
}
