import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { captionLanguage, parseWebVtt, writeWebVtt } from './captions.js';

const GOOD = `\uFEFFWEBVTT - of a rabbit\r
Kind: captions\r
\r
NOTE nobody reads this\r
\r
STYLE\r
::cue { color: red }\r
\r
1\r
00:00.500 --> 00:02.000 line:-1 position:50% javascript:x\r
<v Rabbit>Good <b>morning</b>\r
- Chào buổi sáng\r
\r
00:00:02.000 --> 01:00:03.250\r
早上好`;

describe('captions', () => {
  it('are read as times and words, and written as nothing else', () => {
    const parsed = parseWebVtt(GOOD);
    expect(parsed).toEqual({
      kind: 'captions',
      cues: [
        { startMs: 500, endMs: 2_000, settings: 'line:-1 position:50%', text: '<v Rabbit>Good <b>morning</b>\n- Chào buổi sáng' },
        { startMs: 2_000, endMs: 3_603_250, settings: '', text: '早上好' },
      ],
    });
    const written = parsed.kind === 'captions' ? writeWebVtt(parsed.cues, 133_200) : '';
    expect(written).toMatch(
      /^WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:133200,LOCAL:00:00:00\.000\n\n00:00:00\.500 --> 00:00:02\.000 line:-1 position:50%\n<v Rabbit>/,
    );
    expect(written).not.toMatch(/STYLE|NOTE|javascript/);
    expect(parseWebVtt(written)).toEqual(parsed);
  });

  it.each([
    ['', 1, 'begin with a line WEBVTT'],
    ['WEBVTTX\n\n00:00.000 --> 00:01.000\na', 1, 'begin with a line WEBVTT'],
    ['1\n00:00:00,000 --> 00:00:01,000\nSubRip', 1, 'begin with a line WEBVTT'],
    ['WEBVTT', 1, 'no caption in it'],
    ['WEBVTT\n\nNOTE only this', 1, 'no caption in it'],
    ['WEBVTT\n\n00:00,000 --> 00:01.000\na', 3, 'stands a time'],
    ['WEBVTT\n\n00:00.000 --> 00:99.000\na', 3, 'stands a time'],
    ['WEBVTT\n\nname\nno time\nwords', 4, 'stands a time'],
    ['WEBVTT\n\n00:02.000 --> 00:02.000\na', 3, 'ends after it begins'],
    ['WEBVTT\n\n00:02.000 --> 00:03.000\na\n\n00:01.000 --> 00:04.000\nb', 6, 'order of their beginnings'],
    ['WEBVTT\n\n00:02.000 --> 00:03.000\na\n00:04.000 --> 00:05.000\nb', 5, 'An empty line'],
    [`WEBVTT\n\n00:02.000 --> 00:03.000\n${'x'.repeat(1_001)}`, 4, 'at most 1000'],
    [`WEBVTT\n\n${'x'.repeat(300_000)}`, 1, 'at most 300000'],
    [`WEBVTT\n\n${'00:02.000 --> 00:03.000\na\n\n'.repeat(5_001)}`, 15_003, 'at most 5000'],
  ])('%#: what is wrong is said with its line', (text, line, message) => {
    const parsed = parseWebVtt(text);
    expect(parsed).toMatchObject({ kind: 'invalid', line });
    expect(parsed.kind === 'invalid' ? parsed.message : '').toContain(message);
  });

  it('are read in a time that grows with their length, whatever stands in them', () => {
    expect.hasAssertions();
    fc.assert(
      fc.property(fc.array(fc.constantFrom('WEBVTT', '\n', '\n\n', '-->', '00:00.000', ' ', '1', 'a', 'NOTE', '\r', '\0')), (parts) => {
        const parsed = parseWebVtt(`WEBVTT\n${parts.join('')}`);
        expect(parsed.kind === 'captions' ? parseWebVtt(writeWebVtt(parsed.cues, 0)) : parsed).toEqual(parsed);
      }),
    );
  });
});

describe('a language of captions', () => {
  it.each([
    ['en', 'en', 'English'],
    ['VI', 'vi', 'Tiếng Việt'],
    ['pt-br', 'pt-BR', 'português (Brasil)'],
  ])('%s is %s, %s', (given, tag, name) => {
    expect(captionLanguage(given)).toEqual({ tag, name });
  });

  it.each(['', 'english please', 'x', 'de_DE', '"', 'a'.repeat(40)])('%j is none', (given) => {
    expect(captionLanguage(given)).toBeNull();
  });
});
