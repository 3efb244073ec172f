import { newId } from '@plaza/kernel/id';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Gates } from './gate.js';

const gates = new Gates(Buffer.alloc(32, 1));
const [post, otherPost, viewer, otherViewer] = [newId(), newId(), newId(), newId()];

beforeEach(() => vi.useFakeTimers({ now: new Date('2026-01-01T12:00:59Z') }));
afterEach(() => vi.useRealTimers());

describe('a gate', () => {
  it('opens for its post and its viewer', () => {
    expect(gates.opens(gates.mint(post, viewer), post, viewer)).toBe(true);
    expect(gates.opens(gates.mint(post, null), post, null)).toBe(true);
  });

  it('stays shut for another post, another viewer, a guest and for another installation', () => {
    const gate = gates.mint(post, viewer);
    expect(gates.opens(gate, otherPost, viewer)).toBe(false);
    expect(gates.opens(gate, post, otherViewer)).toBe(false);
    expect(gates.opens(gate, post, null)).toBe(false);
    expect(gates.opens(gates.mint(post, null), post, viewer)).toBe(false);
    expect(new Gates(Buffer.alloc(32, 2)).opens(gate, post, viewer)).toBe(false);
  });

  it.each([null, undefined, '', 'nonsense', 'A'.repeat(22), 'A'.repeat(1_000)])('is not %s', (gate) => {
    expect(gates.opens(gate, post, viewer)).toBe(false);
  });

  it('is good over the turn of the minute, and no longer than two', () => {
    const gate = gates.mint(post, viewer);
    vi.advanceTimersByTime(2_000);
    expect(gates.opens(gate, post, viewer)).toBe(true);
    vi.advanceTimersByTime(60_000);
    expect(gates.opens(gate, post, viewer)).toBe(false);
  });
});
