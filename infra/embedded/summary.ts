import { DEMO_PASSWORD } from './demo/people.js';

const DEMO_QUERY = `query Plaza {
  user(handle: "anna") {
    displayName
    followerCount
    posts(first: 3) { edges { node { text likeCount comments(first: 2) { edges { node { text author { handle } } } } } } }
  }
}`;
const EMPTY_QUERY = `mutation Plaza {
  register(input: { handle: "newcomer", displayName: "Newcomer", email: "newcomer@example.com", password: "correct horse" }) {
    ... on RegisterOk { session { accessToken } viewer { user { id } } }
    ... on UserError { code message }
  }
}`;

/** What there is to say. */
export interface Ready {
  readonly publicUrl: string;
  readonly profile: 'demo' | 'production';
  readonly where: readonly string[];
  /** Whether the demo's people can be signed in as. */
  readonly demo: boolean;
  /** Whether mail that is not sent can be read in a browser. */
  readonly mailPage: boolean;
  readonly seconds: number;
}

/** What a person reads when Plaza is ready: what runs where, how to sign in, what to paste. */
export function summary({ publicUrl, profile, where, demo, mailPage, seconds }: Ready): string {
  const isDemo = profile === 'demo';
  const lines = [
    ...(isDemo ? [`Explorer     ${publicUrl}/   (without the internet: ${publicUrl}/graphiql)`] : []),
    `Graph        ${publicUrl}/graphql`,
    `Health       ${publicUrl}/health/ready   ${publicUrl}/metrics`,
    ...(mailPage ? [`Mail         ${publicUrl}/accounts/mail/   (nothing leaves this machine)`] : []),
    ...where,
    ...(demo ? [`Sign in      anna (or binh, chen, …) with the password ${DEMO_PASSWORD}`] : []),
  ];
  const paste = `\n  Paste this into the explorer:\n\n${(demo ? DEMO_QUERY : EMPTY_QUERY).replaceAll(/^/gmu, '    ')}\n`;
  return `
Plaza is ready after ${seconds.toFixed(1)} s.

${lines.map((line) => `  ${line}`).join('\n')}
${isDemo ? paste : ''}
Ctrl-C stops.
`;
}
