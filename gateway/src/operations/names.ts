/** The gateway's own response keys begin so; composition refuses fields of the graph that do (scripts/graph/rules.ts). */
const RENAMED = 'A_';
/** No alias begins with a digit, so a place that is kept for a denied field is never taken for a renamed alias. */
const DENIED = 'A_0';

/** The response key under which a client's alias is planned and fetched: it can be no key, `gate` or other field of the graph. */
export const renamedAlias = (alias: string): string => `${RENAMED}${alias}`;

/** The response key that keeps the place of a field which the asker may not have. */
export const deniedPlace = (responseKey: string): string => `${DENIED}${responseKey}`;

/** The response key of an id that the gateway asks for its own needs: no shape has it, so it never reaches a client. */
export const OWN_ID = 'A_1id';

/** A further name for a key that stands for fields of several types; no alias begins with a digit. */
export const anotherName = (responseKey: string, nth: number): string => `${RENAMED}${nth}_${responseKey}`;
