// The words of the result unions. Hidden and missing are told in the same ones.
export const noSuchPost = () => ({ __typename: 'NotFoundError' as const, code: 'NOT_FOUND', message: 'There is no such post.' });

export const notYours = () => ({ __typename: 'NotAllowedError' as const, code: 'NOT_ALLOWED', message: 'This post is somebody else’s.' });

export const keyConflict = () => ({
  __typename: 'IdempotencyConflictError' as const,
  code: 'IDEMPOTENCY_CONFLICT',
  message: 'This idempotencyKey came with another input before.',
});

export const revisionConflict = (currentRevision: number) => ({
  __typename: 'RevisionConflictError' as const,
  code: 'REVISION_CONFLICT',
  message: 'The post was edited in between.',
  currentRevision,
});
