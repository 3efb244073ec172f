import { beforeEach, describe, expect, it } from 'vitest';
import { Flow } from './flow.js';

describe('The flow of facts to a member of a group', () => {
  let now = 0;
  let flow = new Flow(() => now);
  beforeEach(() => {
    now = 0;
    flow = new Flow(() => now);
    flow.heard();
  });
  const is = (): readonly [boolean, boolean] => [flow.isAway, flow.isBehind];

  it('is well while Kafka is heard and facts come soon', () => {
    for (; now < 60_000; now += 2_000) {
      flow.heard();
      flow.took(300);
      expect(is()).toEqual([false, false]);
    }
  });

  it('is cut off from when Kafka cannot be had', () => {
    flow.cut();
    expect(is()).toEqual([true, true]);
  });

  it('is cut off when Kafka hangs: it says nothing, and nothing breaks', () => {
    now = 6_000;
    expect(is()).toEqual([false, false]);
    now = 6_001;
    expect(is()).toEqual([true, true]);
  });

  it('is behind for as long as owners may take to bring what waited', () => {
    flow.cut();
    now = 60_000;
    flow.heard();
    expect(is()).toEqual([false, true]);
    now = 66_000;
    flow.heard();
    expect(flow.isBehind).toBe(true);
    now = 70_000;
    flow.heard();
    expect(is()).toEqual([false, false]);
  });

  it('is behind while facts come late, and no longer', () => {
    flow.took(10_001);
    expect(is()).toEqual([false, true]);
    now = 5_000;
    flow.heard();
    flow.took(12_000);
    now = 10_000;
    flow.heard();
    expect(flow.isBehind).toBe(true);
    now = 15_000;
    flow.heard();
    expect(flow.isBehind).toBe(false);
  });
});
