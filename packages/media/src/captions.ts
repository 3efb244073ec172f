/** One caption: from when to when, in milliseconds, and what it says. */
export interface Cue {
  readonly startMs: number;
  readonly endMs: number;
  /** Where on the picture, as WebVTT says it; empty where nothing was said. */
  readonly settings: string;
  /** Lines of WebVTT cue text. */
  readonly text: string;
}

/** What became of a text. `line` counts from 1. */
export type ParsedCaptions =
  | { readonly kind: 'captions'; readonly cues: readonly Cue[] }
  | { readonly kind: 'invalid'; readonly line: number; readonly message: string };

export const CAPTION_LIMITS = {
  /** Of the whole text, in UTF-16 code units. */
  text: 300_000,
  cues: 5_000,
  /** Of one cue, in UTF-16 code units. */
  cueText: 1_000,
} as const;

const TIME = String.raw`((?:[0-9]{2,3}:)?[0-5][0-9]:[0-5][0-9]\.[0-9]{3})`;
const TIMING = new RegExp(`^${TIME}[ \\t]+-->[ \\t]+${TIME}(?:[ \\t]+(.*))?$`);
const SETTING =
  /^(?:vertical:(?:rl|lr)|(?:line|position|size):-?[0-9]{1,3}(?:\.[0-9]{1,3})?%?(?:,[a-z-]{3,11})?|align:(?:start|center|end|left|right))$/;

/**
 * Reads WebVTT as strictly as a player might: header, times that go forward, cues. Notes, styles and regions are read over, so what
 * {@link writeWebVtt} makes of it holds nothing but times and words.
 */
export function parseWebVtt(text: string): ParsedCaptions {
  if (text.length > CAPTION_LIMITS.text) return invalid(1, `Captions have at most ${CAPTION_LIMITS.text} characters.`);
  const lines = text
    .replace(/^\uFEFF/, '')
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(/(?![\n\t])\p{Cc}/gu, '\uFFFD')
    .split('\n');
  if (!/^WEBVTT(?:[ \t].*)?$/.test(lines[0] ?? '')) return invalid(1, 'Captions begin with a line WEBVTT.');

  const cues: Cue[] = [];
  let at = lines.findIndex((line, index) => index > 0 && line === '');
  if (at === -1) at = lines.length;
  while (at < lines.length) {
    if (lines[at] === '') {
      at += 1;
      continue;
    }
    const begin = at;
    while (at < lines.length && lines[at] !== '') at += 1;
    const block = lines.slice(begin, at);
    if (/^(?:NOTE|STYLE|REGION)(?:[ \t]|$)/.test(block[0] ?? '')) continue;
    const cue = cueOf(block, cues.at(-1)?.startMs ?? 0);
    if ('message' in cue) return invalid(begin + 1 + cue.line, cue.message);
    if (cue.text !== '') cues.push(cue);
    if (cues.length > CAPTION_LIMITS.cues) return invalid(begin + 1, `There are at most ${CAPTION_LIMITS.cues} captions.`);
  }
  return cues.length === 0 ? invalid(1, 'There is no caption in it.') : { kind: 'captions', cues };
}

/** `line` counts from the block's first, which is 0. */
function cueOf(block: readonly string[], notBefore: number): Cue | { readonly line: number; readonly message: string } {
  const line = block[0]?.includes('-->') === true ? 0 : 1;
  const [, from = '', to = '', settings = ''] = TIMING.exec(block[line] ?? '') ?? [];
  if (from === '') return { line: Math.min(line, block.length - 1), message: 'Here stands a time like 00:01.000 --> 00:03.500.' };
  const [startMs, endMs] = [msOf(from), msOf(to)];
  if (endMs <= startMs) return { line, message: 'A caption ends after it begins.' };
  if (startMs < notBefore) return { line, message: 'Captions stand in the order of their beginnings.' };
  const words = block.slice(line + 1);
  const wrong = words.findIndex((each) => each.includes('-->'));
  if (wrong !== -1) return { line: line + 1 + wrong, message: 'An empty line stands between two captions.' };
  const text = words.join('\n').trim();
  if (text.length > CAPTION_LIMITS.cueText)
    return { line: line + 1, message: `A caption has at most ${CAPTION_LIMITS.cueText} characters.` };
  return {
    startMs,
    endMs,
    settings: settings
      .split(/[ \t]+/)
      .filter((each) => SETTING.test(each))
      .join(' '),
    text,
  };
}

/** WebVTT for a segment whose first picture has the time stamp `start`, in 90 kHz. */
export function writeWebVtt(cues: readonly Cue[], start: number): string {
  const blocks = cues.map(({ startMs, endMs, settings, text }) =>
    [`${timeOf(startMs)} --> ${timeOf(endMs)}${settings === '' ? '' : ` ${settings}`}`, text].join('\n'),
  );
  return [`WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:${start},LOCAL:00:00:00.000`, ...blocks, ''].join('\n\n');
}

/** A language as BCP 47 writes it (`pt-BR`), and its name in itself; null for what is none. */
export function captionLanguage(given: string): { readonly tag: string; readonly name: string } | null {
  if (given.length > 35) return null;
  try {
    const [tag] = Intl.getCanonicalLocales(given);
    if (tag === undefined) return null;
    return { tag, name: new Intl.DisplayNames([tag], { type: 'language' }).of(tag) ?? tag };
  } catch {
    return null;
  }
}

const invalid = (line: number, message: string): ParsedCaptions => ({ kind: 'invalid', line, message });

function msOf(time: string): number {
  return Math.round(time.split(':').reduce((sum, part) => sum * 60 + Number(part), 0) * 1000);
}

function timeOf(ms: number): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const seconds = Math.floor(ms / 1000);
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}.${String(ms % 1000).padStart(3, '0')}`;
}
