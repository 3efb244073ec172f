import fc from 'fast-check';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { readMoment } from './types.js';

const TIMESTAMPTZ_OID = 1184;
describe('a moment', () => {
  it('is read to the millisecond, whatever it is', () => {
    const moments = fc.date({ min: new Date('1000-01-01'), max: new Date('9999-12-31'), noInvalidDate: true });
    fc.assert(
      fc.property(moments, (moment) => {
        const text = `${moment.toISOString().slice(0, 10)} ${moment.toISOString().slice(11, -1)}+00`;
        expect(readMoment(text)).toEqual(moment);
        expect(readMoment(text.replace('+00', '999+00'))).toEqual(moment);
      }),
    );
  });

  it.each([
    ['without a fraction', '2026-11-22 16:00:00+00'],
    ['with a short one', '2026-11-22 16:00:00.5+00'],
    ['of another zone', '2026-11-22 16:00:00.123+05:30'],
    ['before our era', '0044-03-15 12:00:00+00 BC'],
    ['of the year 10,000', '10000-01-01 00:00:00+00'],
    ['without end', 'infinity'],
    ['without beginning', '-infinity'],
  ])('is what the driver reads: %s', (_, text) => {
    expect(readMoment(text)).toEqual((pg.types.getTypeParser(TIMESTAMPTZ_OID) as (text: string) => unknown)(text));
  });
});
