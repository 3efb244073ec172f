import { describe, expect, it } from 'vitest';
import { readConfig } from './config.js';

describe('a start', () => {
  const ofMail = expect.stringContaining('SMTP_URL is not set');

  it('in production warns where mail would reach nobody', () => {
    expect(readConfig({ PLAZA_PROFILE: 'production' }).warnings).toEqual([ofMail]);
    expect(readConfig({ PLAZA_PROFILE: 'production', SMTP_URL: '' }).warnings).toEqual([ofMail]);
    const sent = { SMTP_URL: 'smtps://mail.example.org', MAIL_FROM: 'Plaza <plaza@example.org>' };
    expect(readConfig({ PLAZA_PROFILE: 'production', ...sent }).warnings).toEqual([]);
  });

  it('of the demo has nothing to warn of', () => {
    expect(readConfig({}).warnings).toEqual([]);
    expect(readConfig({ PLAZA_PROFILE: 'demo' }).warnings).toEqual([]);
  });
});
