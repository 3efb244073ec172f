import { within } from './in-time.js';

/** A client of an engine that goes on trying until it stands. */
export interface Standing {
  readonly isReady: boolean;
  once(event: 'ready', listener: () => void): unknown;
}

/** Resolves when the client's line stands, or after `ms` without. */
export async function standsWithin(client: Standing, ms: number): Promise<void> {
  if (client.isReady) return;
  const stands = new Promise<void>((resolve) => void client.once('ready', () => resolve()));
  await within(stands, ms, () => undefined);
}
