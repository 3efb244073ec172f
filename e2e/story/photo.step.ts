import sharp from 'sharp';
import { badLine } from '../media/bad-line.js';
import { sendByTus, startUpload, sunset, watchMedia } from '../media/upload.js';
import { equal, ok } from './expect.js';
import type { Stage, Step } from './stage.js';

/** What a phone writes into its pictures. */
const MAKE_AND_PLACE = /Exif|GPS|Make|Model|ns\.adobe/u;

/** Anna's photo, from her phone to its sizes. */
export const photoStep: Step = {
  number: 2,
  title: 'Anna’s photo goes up in three chunks with the line cut once; a text called x.png is refused',
  async play({ url, anna, media }: Stage) {
    const bytes = sunset();
    const { media: started, uploadUrl } = await startUpload(anna, bytes, 'gps_rotated.jpg', 'image/jpeg');
    const watched = watchMedia(anna, url, started.id);
    const { origin } = new URL(uploadUrl);
    const line = await badLine(origin, bytes.length / 2);
    await sendByTus(anna, uploadUrl.replace(origin, line.origin), bytes, Math.ceil(bytes.length / 3));
    await line.close();
    equal(line.cuts, 1);
    const states = await watched;
    const ready = states.at(-1);
    equal([ready?.status, ready?.kind, ready?.failure], ['READY', 'PHOTO', null]);
    equal(await watchMedia(anna, url, started.id), [ready]);

    const variants = ready?.variants ?? [];
    equal(
      variants.map(({ width }) => width),
      [160, 320, 640, 1080, 1600, 2048],
    );
    for (const variant of variants) {
      const made = Buffer.from(await (await fetch(variant.url)).arrayBuffer());
      const { width, height, orientation, exif, xmp } = await sharp(made).metadata();
      ok(width > height);
      equal([orientation, exif, xmp], [undefined, undefined, undefined]);
      ok(!MAKE_AND_PLACE.test(made.toString('latin1', 0, 1_000)));
    }

    const text = Buffer.from('This is no picture.\n');
    const refused = await startUpload(anna, text, 'x.png', 'image/png');
    const answer = await sendByTus(anna, refused.uploadUrl, text, 1_000).then(
      () => 'taken',
      (error: unknown) => String(error),
    );
    ok(answer.includes('415'));
    equal((await watchMedia(anna, url, refused.media.id)).at(-1)?.failure?.code, 'UNSUPPORTED_MEDIA');
    media.set('sunset', started.id);
    const told = [...new Set(states.map((state) => state?.status))].join(' → ');
    return `${told}, upright, six widths without place or make; x.png is 415 and FAILED UNSUPPORTED_MEDIA`;
  },
};
