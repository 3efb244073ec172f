import { DEMO_PASSWORD } from './demo/people.js';

const DEMO_QUERY = `query Plaza {
  user(handle: "anna") {
    displayName
    followerCount
    posts(first: 3) { edges { node { text likeCount comments(first: 2) { edges { node { text author { handle } } } } } } }
  }
}`;
const EMPTY_QUERY = `mutation Plaza {
  register(input: { handle: "me", displayName: "Me", email: "me@example.com", password: "correct horse" }) {
    ... on RegisterOk { session { accessToken } viewer { user { id } } }
    ... on UserError { code message }
  }
}`;

/** What a person reads when Plaza is ready: what runs where, how to sign in, what to paste. */
export function summary(it: {
  readonly publicUrl: string;
  readonly where: readonly string[];
  readonly demo: boolean;
  readonly seconds: number;
}): string {
  const indent = (text: string) => text.replaceAll(/^/gmu, '    ');
  const signIn = it.demo ? `  Sign in      anna (or binh, chen, …) with the password ${DEMO_PASSWORD}\n` : '';
  return `
Plaza is ready after ${it.seconds.toFixed(1)} s.

  Explorer     ${it.publicUrl}/
  Graph        ${it.publicUrl}/graphql
  Health       ${it.publicUrl}/health/ready   ${it.publicUrl}/metrics
${it.where.map((line) => `  ${line}\n`).join('')}${signIn}
  Paste this into the explorer:

${indent(it.demo ? DEMO_QUERY : EMPTY_QUERY)}

Ctrl-C stops.
`;
}
