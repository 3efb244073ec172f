import { describe, expect, it } from 'vitest';
import { newId } from './id.js';

describe('ids', () => {
  const many = Array.from({ length: 2_000 }, newId);

  it('are UUIDs of the seventh version', () => {
    for (const id of many) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/u);
  });

  it('sort in the order that they were made in, and begin with when that was', () => {
    expect(many.toSorted()).toEqual(many);
    const before = Date.now();
    const at = Number.parseInt(newId().replaceAll('-', '').slice(0, 12), 16);
    expect(at).toBeGreaterThanOrEqual(before);
  });

  it('are drawn anew each time', () => {
    expect(new Set(many.map((id) => id.slice(-10))).size).toBe(many.length);
  });
});
