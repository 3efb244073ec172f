import { createHash } from 'node:crypto';
import { type Cue, writeWebVtt } from './captions.js';
import { captionsPlaylist, startOf, withCaptions } from './hls-playlist.js';

/** Captions of one language, to be shown beside a video. */
export interface CaptionTrack {
  readonly language: string;
  /** The language's name in itself. */
  readonly name: string;
  readonly auto: boolean;
  readonly cues: readonly Cue[];
}

/** A playlist with captions, and all that it needs beside the renditions. */
export interface Captioned {
  /** The object's name of the new master playlist. */
  readonly hls: string;
  readonly objects: readonly { readonly name: string; readonly bytes: Uint8Array }[];
  /** For each track, in its order, the name of the object with its WebVTT. */
  readonly tracks: readonly string[];
}

/**
 * A master playlist with these captions. Everything is named by its own bytes, so that an object never changes under its name and a player that has the
 * playlist of a moment ago goes on.
 */
export function captioned(master: string, tracks: readonly CaptionTrack[], durationMs: number): Captioned {
  const start = startOf(master);
  const written = tracks.map((track) => {
    const bytes = Buffer.from(writeWebVtt(track.cues, start));
    const name = `captions/${hashOf(bytes)}`;
    const playlist = Buffer.from(captionsPlaylist(`${name.slice('captions/'.length)}.vtt`, durationMs));
    return { track, vtt: { name: `hls/${name}.vtt`, bytes }, list: { name: `hls/${name}.m3u8`, bytes: playlist }, uri: `${name}.m3u8` };
  });
  const bytes = Buffer.from(
    withCaptions(
      master,
      written.map(({ track: { language, name, auto }, uri }) => ({ language, name, auto, uri })),
    ),
  );
  const hls = `hls/master-${hashOf(bytes)}.m3u8`;
  return {
    hls,
    objects: [...written.flatMap(({ vtt, list }) => [vtt, list]), { name: hls, bytes }],
    tracks: written.map(({ vtt }) => vtt.name),
  };
}

const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex').slice(0, 32);
