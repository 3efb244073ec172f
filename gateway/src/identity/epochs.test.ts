import { unavailable } from '@plaza/kernel/fault';
import { InProcessBus } from '@plaza/live/in-process-bus';
import type { LiveBus } from '@plaza/live/live-bus';
import { describe, expect, it } from 'vitest';
import { Epochs } from './epochs.js';

const BINH = '01890000-0000-7000-8000-000000000001';

/** Social, which can be away. */
class Social {
  epoch = 1;
  isAway = false;
  readonly read = async (): Promise<number> => {
    if (this.isAway) throw unavailable('social');
    return this.epoch;
  };
}

/** A bus that gateways may lose. */
class LosableBus extends InProcessBus {
  override hearing = {};
  lose(): void {
    this.hearing = {};
  }
}

async function twoGateways(bus: LiveBus = new InProcessBus()) {
  const social = new Social();
  const [here, there] = [new Epochs(social.read, () => 0, bus), new Epochs(social.read, () => 0, bus)];
  await Promise.all([here.start(), there.start()]);
  return { social, here, there };
}

describe('what is known of a viewer while social is away', () => {
  it('is what the last answered mutation has left, on the gateway that carried its answer', async () => {
    const { social, here } = await twoGateways();
    expect(await here.current(BINH)).toBe(1);
    here.left({ [BINH]: 2 });
    social.isAway = true;
    expect(await here.current(BINH)).toBe(2);
  });

  it('is so on every other gateway', async () => {
    const { social, here, there } = await twoGateways();
    expect(await there.current(BINH)).toBe(1);
    here.left({ [BINH]: 2 });
    social.isAway = true;
    expect(await there.current(BINH)).toBe(2);
  });

  it('is nothing once the gateways have lost each other, until it is read again', async () => {
    const bus = new LosableBus();
    const { social, there } = await twoGateways(bus);
    await there.current(BINH);
    bus.lose();
    social.isAway = true;
    await expect(there.current(BINH)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    social.isAway = false;
    await there.current(BINH);
    social.isAway = true;
    expect(await there.current(BINH)).toBe(1);
  });

  it('never goes back, whatever is heard late', async () => {
    const { social, here, there } = await twoGateways();
    social.epoch = 5;
    await there.current(BINH);
    here.left({ [BINH]: 4 });
    social.isAway = true;
    expect([await here.current(BINH), await there.current(BINH)]).toEqual([4, 5]);
  });
});
