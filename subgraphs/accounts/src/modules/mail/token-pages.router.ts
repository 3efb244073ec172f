import { escapeHtml } from '@plaza/mail/letter';
import { sendPage } from '@plaza/mail/page';
import { Fault } from '@plaza/kernel/fault';
import express, { Router, type Response } from 'express';
import { z } from 'zod';
import type { MailPurpose } from '../../tokens/mail-tokens.js';
import type { EmailChangeService } from './email-change.service.js';
import { INVALID_TOKEN } from './invalid-token.js';
import { PAGES } from './mail.policy.js';
import type { PasswordResetService } from './password-reset.service.js';
import type { VerificationService } from './verification.service.js';

export interface TokenPageParts {
  readonly verification: VerificationService;
  readonly passwordReset: PasswordResetService;
  readonly emailChange: EmailChangeService;
}

interface Page {
  readonly title: string;
  readonly says: string;
  readonly button: string;
  /** What came of it, in words; null: the token does nothing. @throws Fault */
  readonly act: (token: string, newPassword: string) => Promise<string | null>;
  readonly asksPassword?: boolean;
}

const Form = z.object({ token: z.string().max(100), newPassword: z.string().max(2_000).default('') });

/**
 * Where the links of mails lead while no client has pages of its own. To look at one changes nothing, because programs that check mail open every
 * link: only its button uses the token.
 */
export function tokenPages(parts: TokenPageParts): Router {
  const router = Router();
  const pages = pagesOf(parts);
  for (const [purpose, path] of Object.entries(PAGES)) {
    const page = pages[purpose as MailPurpose]; // the keys of PAGES are purposes
    router.get(`/${path}`, (request, response) => {
      const { token } = request.query;
      show(response, page, path, typeof token === 'string' ? token : '', null);
    });
    router.post(`/${path}`, express.urlencoded({ extended: false, limit: '16kb' }), async (request, response) => {
      const form = Form.safeParse(request.body);
      if (!form.success) {
        sendPage(response, { status: 400, title: page.title, body: `<p>${INVALID_TOKEN.message}</p>` });
        return;
      }
      const { token, newPassword } = form.data;
      const outcome = await page.act(token, newPassword).catch((error: unknown) => {
        if (error instanceof Flaw || error instanceof Fault) return error;
        throw error;
      });
      if (outcome instanceof Error) show(response, page, path, token, outcome.message);
      else if (outcome === null) sendPage(response, { status: 410, title: page.title, body: `<p>${INVALID_TOKEN.message}</p>` });
      else sendPage(response, { title: page.title, body: `<p>${escapeHtml(outcome)}</p>` });
    });
  }
  return router;
}

/** The password will not do; the message says why. */
class Flaw extends Error {}

function pagesOf({ verification, passwordReset, emailChange }: TokenPageParts): Readonly<Record<MailPurpose, Page>> {
  return {
    VERIFY_EMAIL: {
      title: 'Confirm your address',
      says: 'Is this your e-mail address?',
      button: 'Confirm this address',
      async act(token) {
        const outcome = await verification.verify(token);
        return outcome.kind === 'verified' ? `${outcome.email} is confirmed.` : null;
      },
    },
    RESET_PASSWORD: {
      title: 'Set a new password',
      says: 'Use 8 to 256 characters. You will be signed out everywhere.',
      button: 'Set the password',
      asksPassword: true,
      async act(token, newPassword) {
        const outcome = await passwordReset.reset(token, newPassword);
        if (outcome.kind === 'invalid') throw new Flaw(outcome.errors[0]?.message);
        return outcome.kind === 'reset' ? 'Your password is changed. Sign in with the new one.' : null;
      },
    },
    CONFIRM_EMAIL: {
      title: 'Confirm your new address',
      says: 'Shall this be the address of your account from now on?',
      button: 'Use this address',
      async act(token) {
        const outcome = await emailChange.confirm(token);
        return outcome.kind === 'changed' ? `Your address is ${outcome.email} from now on.` : null;
      },
    },
    UNDO_EMAIL: {
      title: 'Keep your address',
      says: 'This keeps or brings back your address, signs everybody out, and mails you a link to set a new password.',
      button: 'Keep this address',
      async act(token) {
        const outcome = await emailChange.undo(token);
        return outcome.kind === 'undone' ? `Your address is ${outcome.email}. Look into your mailbox to set a new password.` : null;
      },
    },
  };
}

function show(
  response: Response,
  { title, says, button, asksPassword = false }: Page,
  path: string,
  token: string,
  problem: string | null,
): void {
  const password = asksPassword ? '<p><input type="password" name="newPassword" autocomplete="new-password" required></p>' : '';
  sendPage(response, {
    status: problem === null ? 200 : 400,
    title,
    body:
      `<p>${escapeHtml(says)}</p>${problem === null ? '' : `<p role="alert"><strong>${escapeHtml(problem)}</strong></p>`}` +
      `<form method="post" action="${path}"><input type="hidden" name="token" value="${escapeHtml(token)}">${password}<button>${escapeHtml(button)}</button></form>`,
  });
}
