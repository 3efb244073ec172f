import type { Asker } from '@plaza/calls/call-client';
import type { People } from '@plaza/calls/people';

/** The signed-in viewer, as the services take them. */
export interface Talker {
  readonly id: string;
  readonly people: People;
  readonly asker: Asker;
}
