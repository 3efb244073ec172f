import { describe } from 'vitest';

/**
 * The half of a contract suite that runs against a real engine: where its address is given (`npm run test:engines` gives all of them), else the
 * report says that it was left out, and for want of what.
 */
export function engineTwin(title: string, variable: string, tests: (address: string) => void): void {
  const address = process.env[variable] ?? '';
  const missing = address === '' ? ` (${variable} is not set)` : '';
  describe.skipIf(address === '')(`${title}${missing}`, () => {
    tests(address);
  });
}
