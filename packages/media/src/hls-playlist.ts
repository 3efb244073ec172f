/** One rendition as the master playlist tells of it. */
export interface HlsRendition {
  /** Relative to the master playlist: `720p/index.m3u8` */
  readonly uri: string;
  readonly width: number;
  readonly height: number;
  /** `avc1.4d401f,mp4a.40.2` */
  readonly codecs: string;
  readonly frameRate: number;
  /** Bits a second of its heaviest segment. */
  readonly bandwidth: number;
  readonly averageBandwidth: number;
}

/** Captions in one language. */
export interface HlsCaptions {
  /** BCP 47 */
  readonly language: string;
  /** What a player's menu says. */
  readonly name: string;
  /** Made by a machine. */
  readonly auto: boolean;
  /** Relative to the master playlist. */
  readonly uri: string;
}

/** Where the segments' clock stands at the first picture, in 90 kHz: captions are set against it. */
const START = 'plaza.start';
const GROUP = 'subs';

/** A master playlist. `start`: the first picture's time stamp in the segments, in 90 kHz. */
export function masterPlaylist(renditions: readonly HlsRendition[], start: number): string {
  return [
    '#EXTM3U',
    '#EXT-X-VERSION:6',
    '#EXT-X-INDEPENDENT-SEGMENTS',
    `#EXT-X-SESSION-DATA:DATA-ID="${START}",VALUE="${start}"`,
    ...renditions.flatMap(({ uri, width, height, codecs, frameRate, bandwidth, averageBandwidth }) => [
      `#EXT-X-STREAM-INF:BANDWIDTH=${bandwidth},AVERAGE-BANDWIDTH=${averageBandwidth},RESOLUTION=${width}x${height},` +
        `FRAME-RATE=${frameRate.toFixed(3)},CODECS="${codecs}"`,
      uri,
    ]),
    '',
  ].join('\n');
}

/** The same playlist with these captions and no others. `master` is one of {@link masterPlaylist}, with or without captions. */
export function withCaptions(master: string, captions: readonly HlsCaptions[]): string {
  const media = captions.map(
    ({ language, name, auto, uri }) =>
      `#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="${GROUP}",NAME="${plain(name)}",LANGUAGE="${plain(language)}",DEFAULT=NO,AUTOSELECT=YES,FORCED=NO,` +
      `${auto ? 'CHARACTERISTICS="public.machine-generated",' : ''}URI="${uri}"`,
  );
  const lines = master.split('\n').flatMap((line) => {
    if (line.startsWith('#EXT-X-MEDIA:TYPE=SUBTITLES,')) return [];
    if (line.startsWith('#EXT-X-SESSION-DATA:')) return [line, ...media];
    if (!line.startsWith('#EXT-X-STREAM-INF:')) return [line];
    const bare = line.replace(`,SUBTITLES="${GROUP}"`, '');
    return [captions.length === 0 ? bare : `${bare},SUBTITLES="${GROUP}"`];
  });
  return lines.join('\n');
}

/** The `start` that {@link masterPlaylist} was given. */
export function startOf(master: string): number {
  return Number(new RegExp(`DATA-ID="${START}",VALUE="([0-9]+)"`).exec(master)?.[1] ?? 0);
}

/** The media playlist of captions: one segment that is all of it. */
export function captionsPlaylist(uri: string, durationMs: number): string {
  const seconds = Math.max(0.001, durationMs / 1000);
  return [
    '#EXTM3U',
    '#EXT-X-VERSION:6',
    `#EXT-X-TARGETDURATION:${Math.ceil(seconds)}`,
    '#EXT-X-MEDIA-SEQUENCE:0',
    '#EXT-X-PLAYLIST-TYPE:VOD',
    `#EXTINF:${seconds.toFixed(3)},`,
    uri,
    '#EXT-X-ENDLIST',
    '',
  ].join('\n');
}

/** One segment of a media playlist. */
export interface HlsSegment {
  readonly uri: string;
  readonly seconds: number;
}

/** The segments of a media playlist that ffmpeg wrote. */
export function segmentsOf(playlist: string): readonly HlsSegment[] {
  return [...playlist.matchAll(/^#EXTINF:([0-9.]+),[^\n]*\n([^#\n]+)$/gm)].map(([, seconds, uri]) => ({
    uri: uri ?? '',
    seconds: Number(seconds),
  }));
}

/** An attribute's quoted string holds neither quotes nor line ends. */
const plain = (text: string): string => text.replaceAll(/["\r\n]/g, ' ');
