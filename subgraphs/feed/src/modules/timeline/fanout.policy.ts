/** PUSH: written into followers' timelines. PULL: looked up when they read. */
export type FanoutMode = 'PUSH' | 'PULL';

/** An actor who became PULL becomes PUSH again only below this part of the threshold, so that nobody swings at its edge. */
const HYSTERESIS = 0.8;

/** How an actor with so many followers is fanned out, given how it was until now. */
export function nextMode(mode: FanoutMode, followerCount: number, pushMaxFollowers: number): FanoutMode {
  if (followerCount > pushMaxFollowers) return 'PULL';
  if (followerCount < pushMaxFollowers * HYSTERESIS) return 'PUSH';
  return mode;
}
