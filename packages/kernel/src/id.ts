import { v7 } from 'uuid';

/** A new UUIDv7 in its canonical text form: ids sort by the millisecond in which they were made. */
export const newId = (): string => v7();
