/** What the steps read of answers: documents are checked against the schema elsewhere, so a step may simply look. */
// oxlint-disable-next-line typescript/no-explicit-any -- a story reads many shapes
export type Answer = any;
