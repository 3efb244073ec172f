import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PlazaProcess } from '../plaza-process.js';
import { HOLD_SECONDS, rush } from './rush.js';

let plaza: PlazaProcess;
beforeAll(async () => {
  plaza = await PlazaProcess.start('embedded', { PLAZA_ARGON2_MEMORY_KIB: '1024', PLAZA_CHECKOUT_HOLD_SECONDS: String(HOLD_SECONDS) });
});
afterAll(() => plaza.remove());

describe('forty who want one of ten', () => {
  it.each([
    ['while all goes well', false],
    ['while Plaza is killed among them', true],
  ])('get ten at most, and pay for what they get and nothing else, %s', async (_when, kills) => {
    expect(await rush(plaza, { buyers: 40, units: 10, rounds: 1, kills, say: () => {} })).toEqual([]);
  });
});
