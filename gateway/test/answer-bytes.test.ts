import { describe, expect, it } from 'vitest';
import { bodyOf, share } from '../src/answer/answer-bytes.js';

const asBytes = (body: Buffer | string): Buffer => (typeof body === 'string' ? Buffer.from(body, 'latin1') : body);

describe('The body of an answer that is data alone', () => {
  it.each([
    ['ASCII', { json: '{"name":"Anna"}', isAscii: true }],
    ['ASCII, which nobody has promised', { json: '{"name":"Anna"}' }],
    ['other letters', { json: '{"name":"Nguyễn 💐"}', isAscii: false }],
  ])('is its JSON in UTF-8: %s', (_what, answer) => {
    const expected = Buffer.from(`{"data":${answer.json}}\n`, 'utf8');
    expect(asBytes(bodyOf(answer))).toEqual(expected);
    expect(bodyOf(answer)).toHaveLength(expected.length);
  });

  it.each([true, false])('is made once for several who are given it (ASCII: %s)', (isAscii) => {
    const answer = { json: isAscii ? '{"name":"Anna"}' : '{"name":"Nguyễn"}', isAscii };
    share(answer);
    const first = bodyOf(answer);
    share(answer);
    expect(bodyOf(answer)).toBe(first);
    expect(asBytes(first)).toEqual(Buffer.from(`{"data":${answer.json}}\n`));
  });
});
