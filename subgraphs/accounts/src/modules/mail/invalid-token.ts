/** The one answer to every token that does nothing. */
export const INVALID_TOKEN = {
  __typename: 'InvalidTokenError',
  code: 'INVALID_TOKEN',
  message: 'This link does not work any more. Ask for a new one.',
} as const;
