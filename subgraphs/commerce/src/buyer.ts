import type { Asker } from '@plaza/calls/call-client';
import type { People } from '@plaza/calls/people';

/** The signed-in viewer of a request and what they may look at. Services get it with each question. */
export interface Buyer {
  readonly id: string;
  readonly people: People;
  readonly asker: Asker;
}
