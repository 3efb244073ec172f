import { describe, expect, it, vi } from 'vitest';
import { BriefAsk } from './brief-ask.js';

const hangs = (): Promise<string> => new Promise(() => undefined);

function line(): { readonly brief: BriefAsk; readonly later: (ms: number) => void } {
  let now = 0;
  return { brief: new BriefAsk(1, () => now), later: (ms) => (now += ms) };
}

describe('what is good to have', () => {
  it('is there, or is nothing', async () => {
    const { brief } = line();
    expect(await brief.ask(async () => 'yes')).toBe('yes');
    expect(await brief.ask(hangs)).toBeNull();
    expect(await brief.ask(() => Promise.reject(new Error('no')))).toBeNull();
  });

  it('is not waited for after three waited in vain, until it has rested', async () => {
    const { brief, later } = line();
    for (let i = 0; i < 3; i += 1) await brief.ask(hangs);
    const work = vi.fn<() => Promise<string>>(async () => 'yes');
    expect(await brief.ask(work)).toBeNull();
    expect(work).not.toHaveBeenCalled();
    later(500);
    expect(await brief.ask(work)).toBe('yes');
    expect(await brief.ask(work)).toBe('yes');
  });

  it('is asked again and again while it refuses at once', async () => {
    const { brief } = line();
    const refuses = vi.fn<() => Promise<string>>(() => Promise.reject(new Error('away')));
    for (let i = 0; i < 10; i += 1) await brief.ask(refuses);
    expect(refuses).toHaveBeenCalledTimes(10);
  });
});
