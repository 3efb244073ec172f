import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renditionsFor } from './video-ladder.js';

const sizes = (width: number, height: number) => renditionsFor(width, height).map((one) => `${one.name} ${one.width}x${one.height}`);

describe('the renditions', () => {
  it.each([
    [3840, 2160, ['240p 426x240', '480p 852x480', '720p 1280x720', '1080p 1920x1080']],
    [1280, 720, ['240p 426x240', '480p 852x480', '720p 1280x720']],
    [720, 1280, ['240p 240x426', '480p 480x852', '720p 720x1280']],
    [640, 360, ['240p 426x240', '360p 640x360']],
    [500, 500, ['240p 240x240', '500p 500x500']],
    [2560, 1080, ['180p 428x180', '360p 854x360', '540p 1280x540', '810p 1920x810']],
    [427, 241, ['144p 254x144', '240p 426x240']],
    [320, 240, ['144p 192x144', '240p 320x240']],
    [160, 120, ['60p 80x60', '120p 160x120']],
    [2, 2, ['2p 2x2']],
  ])('of %i × %i are %j', (width, height, expected) => {
    expect(sizes(width, height)).toEqual(expected);
  });

  it('are even, at most four, grow, keep the shape and never go above the source or what H.264 allows at their level', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 4096 }), fc.integer({ min: 2, max: 4096 }), (width, height) => {
        const made = renditionsFor(width, height);
        expect(made.length).toBeGreaterThanOrEqual(1);
        expect(made.length).toBeLessThanOrEqual(4);
        expect(new Set(made.map(({ name }) => name)).size).toBe(made.length);
        for (const [at, one] of made.entries()) {
          expect([one.width % 2, one.height % 2]).toEqual([0, 0]);
          expect(one.width).toBeLessThanOrEqual(width);
          expect(one.height).toBeLessThanOrEqual(height);
          const blocks = Math.ceil(one.width / 16) * Math.ceil(one.height / 16);
          expect(blocks).toBeLessThanOrEqual({ '3.0': 1_620, '3.1': 3_600, '4.0': 8_192 }[one.level]);
          expect(blocks * 30).toBeLessThanOrEqual({ '3.0': 40_500, '3.1': 108_000, '4.0': 245_760 }[one.level]);
          const below = made[at - 1];
          if (below !== undefined) expect(one.width * one.height).toBeGreaterThan(below.width * below.height);
        }
      }),
    );
  });
});
