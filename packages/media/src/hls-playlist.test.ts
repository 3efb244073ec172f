import { describe, expect, it } from 'vitest';
import { captioned } from './hls-captions.js';
import { masterPlaylist, segmentsOf, startOf, withCaptions } from './hls-playlist.js';

const rendition = (name: string, width: number, height: number) => ({
  uri: `${name}/index.m3u8`,
  width,
  height,
  codecs: 'avc1.4d401f,mp4a.40.2',
  frameRate: 30_000 / 1001,
  bandwidth: width * 1000,
  averageBandwidth: width * 900,
});
const master = masterPlaylist([rendition('240p', 426, 240), rendition('720p', 1280, 720)], 133_200);
const english = { language: 'en', name: 'English', auto: false, uri: 'captions/a.m3u8' };

describe('a master playlist', () => {
  it('tells of each rendition what a player chooses by', () => {
    expect(master.split('\n').slice(4, 6)).toEqual([
      '#EXT-X-STREAM-INF:BANDWIDTH=426000,AVERAGE-BANDWIDTH=383400,RESOLUTION=426x240,FRAME-RATE=29.970,CODECS="avc1.4d401f,mp4a.40.2"',
      '240p/index.m3u8',
    ]);
    expect(startOf(master)).toBe(133_200);
  });

  it('gets captions, gets others instead, and is what it was without them', () => {
    const once = withCaptions(master, [english, { ...english, language: 'vi', auto: true }]);
    expect(once.match(/#EXT-X-MEDIA:TYPE=SUBTITLES/g)).toHaveLength(2);
    expect(once.match(/,SUBTITLES="subs"/g)).toHaveLength(2);
    expect(once).toContain('CHARACTERISTICS="public.machine-generated"');
    const again = withCaptions(once, [{ ...english, uri: 'captions/b.m3u8' }]);
    expect(again.match(/URI="captions/g)).toHaveLength(1);
    expect(withCaptions(again, [])).toBe(master);
  });

  it('cannot be broken by a name', () => {
    const playlist = withCaptions(master, [{ ...english, name: 'a",URI="http://evil/"\n#EXT-X-ENDLIST' }]);
    expect(playlist.split('\n')).not.toContain('#EXT-X-ENDLIST');
    expect(playlist.match(/URI="/g)).toHaveLength(1);
  });

  it('with captions has a name by its bytes, beside the captions and their playlist', () => {
    const cues = [{ startMs: 0, endMs: 1000, settings: '', text: 'Hello' }];
    const made = captioned(master, [{ language: 'en', name: 'English', auto: false, cues }], 5_280);
    expect(made.hls).toMatch(/^hls\/master-[0-9a-f]{32}\.m3u8$/);
    expect(made.objects.map(({ name }) => name)).toEqual([
      expect.stringMatching(/^hls\/captions\/[0-9a-f]{32}\.vtt$/),
      expect.stringMatching(/^hls\/captions\/[0-9a-f]{32}\.m3u8$/),
      made.hls,
    ]);
    expect(Buffer.from(made.objects[0]?.bytes ?? []).toString()).toContain('MPEGTS:133200');
    expect(captioned(master, [{ language: 'en', name: 'English', auto: false, cues }], 5_280)).toEqual(made);
  });
});

it('reads the segments of a playlist that ffmpeg wrote', () => {
  expect(segmentsOf('#EXTM3U\n#EXTINF:4.000000,\n000.ts\n#EXTINF:1.280000,\n001.ts\n#EXT-X-ENDLIST\n')).toEqual([
    { uri: '000.ts', seconds: 4 },
    { uri: '001.ts', seconds: 1.28 },
  ]);
});
