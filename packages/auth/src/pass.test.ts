import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Gates } from './gate.js';
import { Passes } from './pass.js';

const secret = randomBytes(32);
const passes = new Passes(secret);

describe('a pass', () => {
  it('leads its viewer to its thing, and nobody else', () => {
    const pass = passes.mint('media_1', 'binh');
    expect(passes.open(pass, 'binh')).toBe('media_1');
    expect(passes.open(pass, 'chen')).toBeNull();
    expect(passes.open(pass, null)).toBeNull();
  });

  it('is none when it is changed, another’s, or a gate', () => {
    const pass = passes.mint('media_1', 'binh');
    for (const forged of ['', '.', 'media_1', 'media_1.', pass.replace('media_1', 'media_2'), `${pass}A`])
      expect(passes.open(forged, 'binh')).toBeNull();
    expect(new Passes(randomBytes(32)).open(pass, 'binh')).toBeNull();
    expect(passes.open(`media_1.${new Gates(secret).mint('media_1', 'binh')}`, 'binh')).toBeNull();
  });
});
