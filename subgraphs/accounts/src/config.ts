import { redisUrl } from '@plaza/kernel/redis-url';
import type { MailPort } from '@plaza/mail/mail';
import { type MailSettings, readMailSettings } from '@plaza/mail/open-mail';
import type { JWK } from 'jose';
import { z } from 'zod';
import type { LinkVerifier } from './modules/user/link-verifier.js';

/** What this subgraph can be told; everything has a value that is fit for production. */
export interface AccountsConfig {
  /** What a password costs; stored hashes below it are made anew at the next login. */
  readonly argon2: { readonly memoryKib: number; readonly passes: number };
  /** How many passwords are hashed at once, and how many may wait. */
  readonly hashing: { readonly parallel: number; readonly waiting: number };
  /** Attempts an hour. */
  readonly limits: AccountsLimits;
  /** Where all processes count attempts together; undefined: each by itself. */
  readonly redisUrl: string | undefined;
  readonly accessTokenSeconds: number;
  /** A session that is not refreshed for so long ends. */
  readonly sessionDays: number;
  /** The private Ed25519 keys of access tokens: the first signs, all are published. Undefined: those in the data folder. */
  readonly signingKeys: readonly JWK[] | undefined;
  /** Undefined: asks the pages themselves. */
  readonly linkVerifier: LinkVerifier | undefined;
  /** Handles of those whose tokens carry the scope `plaza:operator`. */
  readonly operators: readonly string[];
  readonly mailLimits: MailLimits;
  readonly appLimits: AppLimits;
  readonly mail: MailSettings;
  /** Undefined: as `mail` says. */
  readonly mailPort: MailPort | undefined;
  /** Where the links of mails lead, without a slash at the end; undefined: to this subgraph's own pages. */
  readonly pagesUrl: string | undefined;
  /** What whoever runs this should know when it starts, one line each. */
  readonly warnings: readonly string[];
  /** Whether mail that is kept in the folder can be read in a browser: everybody's, so only where nobody but this machine comes. */
  readonly showsMail: boolean;
}

/** Mails that somebody asks for, an hour. */
export interface MailLimits {
  readonly perAddress: number;
  /** For each account, or each handle or address that is tried. */
  readonly perName: number;
}

/** Of other people's apps, from one address, an hour. */
export interface AppLimits {
  readonly registeredPerAddress: number;
  /** Questions to people, tokens wanted and tokens given back. An app's server asks for all of its people from one address. */
  readonly askedPerAddress: number;
}

export interface AccountsLimits {
  readonly registerPerAddress: number;
  readonly loginPerAddress: number;
  /** For each handle or e-mail address that is tried. */
  readonly loginPerName: number;
  readonly refreshPerAddress: number;
}

const wholeNumber = (least: number, most: number, otherwise: number) => z.coerce.number().int().min(least).max(most).default(otherwise);
const MOST = 1_000_000_000;
const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', '::1', 'localhost']);

const jwk = z.looseObject({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: z.string(), d: z.string(), kid: z.string() });

/** A JWK, or several: `[newest, older, …]`. */
const signingKeys = z
  .string()
  .transform((text, issues): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      issues.addIssue({ code: 'custom', message: 'not JSON' });
      return z.NEVER;
    }
  })
  .pipe(z.union([jwk.transform((key) => [key]), z.array(jwk).min(1)]));

/** Handles with commas or spaces between, with or without @. */
const handles = z.string().transform((text) =>
  text
    .toLowerCase()
    .split(/[\s,]+/u)
    .map((handle) => handle.replace(/^@/u, ''))
    .filter(Boolean),
);

const Environment = z.object({
  PLAZA_ARGON2_MEMORY_KIB: wholeNumber(8, 4_194_304, 19_456),
  PLAZA_ARGON2_PASSES: wholeNumber(1, 100, 2),
  PLAZA_HASHING_PARALLEL: wholeNumber(1, 64, 2),
  PLAZA_HASHING_WAITING: wholeNumber(0, 10_000, 100),
  PLAZA_LIMIT_REGISTER_PER_HOUR: wholeNumber(1, MOST, 10),
  PLAZA_LIMIT_LOGIN_PER_HOUR: wholeNumber(1, MOST, 100),
  PLAZA_LIMIT_LOGIN_PER_NAME_PER_HOUR: wholeNumber(1, MOST, 20),
  PLAZA_LIMIT_REFRESH_PER_HOUR: wholeNumber(1, MOST, 1_000),
  PLAZA_ACCESS_TOKEN_SECONDS: wholeNumber(1, 86_400, 600),
  PLAZA_SESSION_DAYS: wholeNumber(1, 3_650, 30),
  PLAZA_SIGNING_KEY: signingKeys.optional(),
  PLAZA_OPERATORS: handles.default([]),
  PLAZA_LIMIT_MAIL_PER_HOUR: wholeNumber(1, MOST, 30),
  PLAZA_LIMIT_MAIL_PER_NAME_PER_HOUR: wholeNumber(1, MOST, 5),
  PLAZA_LIMIT_APPS_PER_HOUR: wholeNumber(1, MOST, 20),
  PLAZA_LIMIT_APP_TOKENS_PER_HOUR: wholeNumber(1, MOST, 6_000),
  PLAZA_MAIL_PAGES_URL: z.url({ protocol: /^https?$/u }).optional(),
  REDIS_URL: redisUrl.optional(),
  PLAZA_PROFILE: z.string().optional(),
  PLAZA_HOST: z.string().optional(),
});

/** Reads the environment; what is empty counts as not set. @throws Error with one line that names the variable. */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): AccountsConfig {
  const set = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = Environment.safeParse(set);
  // The value stays out of the message: one of them is a secret.
  if (!parsed.success)
    throw new Error(`${String(parsed.error.issues[0]?.path[0])} does not hold: ${parsed.error.issues[0]?.message ?? ''}`);
  const given = parsed.data;
  const mail = readMailSettings(environment);
  return {
    argon2: { memoryKib: given.PLAZA_ARGON2_MEMORY_KIB, passes: given.PLAZA_ARGON2_PASSES },
    hashing: { parallel: given.PLAZA_HASHING_PARALLEL, waiting: given.PLAZA_HASHING_WAITING },
    limits: {
      registerPerAddress: given.PLAZA_LIMIT_REGISTER_PER_HOUR,
      loginPerAddress: given.PLAZA_LIMIT_LOGIN_PER_HOUR,
      loginPerName: given.PLAZA_LIMIT_LOGIN_PER_NAME_PER_HOUR,
      refreshPerAddress: given.PLAZA_LIMIT_REFRESH_PER_HOUR,
    },
    redisUrl: given.REDIS_URL,
    accessTokenSeconds: given.PLAZA_ACCESS_TOKEN_SECONDS,
    sessionDays: given.PLAZA_SESSION_DAYS,
    signingKeys: given.PLAZA_SIGNING_KEY,
    linkVerifier: undefined,
    operators: given.PLAZA_OPERATORS,
    mailLimits: { perAddress: given.PLAZA_LIMIT_MAIL_PER_HOUR, perName: given.PLAZA_LIMIT_MAIL_PER_NAME_PER_HOUR },
    appLimits: { registeredPerAddress: given.PLAZA_LIMIT_APPS_PER_HOUR, askedPerAddress: given.PLAZA_LIMIT_APP_TOKENS_PER_HOUR },
    mail,
    mailPort: undefined,
    pagesUrl: given.PLAZA_MAIL_PAGES_URL?.replace(/\/+$/u, ''),
    warnings:
      mail.smtpUrl === undefined && given.PLAZA_PROFILE === 'production'
        ? ['SMTP_URL is not set: mail is kept in the folder mail of the data folder and reaches nobody']
        : [],
    // Both said, not left to a default: in doubt it is nobody's.
    showsMail: mail.smtpUrl === undefined && given.PLAZA_PROFILE === 'demo' && LOOPBACK.has(given.PLAZA_HOST ?? ''),
  };
}
