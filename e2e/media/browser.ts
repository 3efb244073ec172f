import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { WebSocket } from 'ws';

const require = createRequire(import.meta.url);

/** Where a machine has a browser of this family; null where it has none. */
export const browserPath = (): string | null =>
  ['/usr/bin/chromium', '/usr/bin/google-chrome', '/usr/bin/chromium-browser'].find((path) => existsSync(path)) ?? null;

/** What a browser says of a video that it has played to its end. */
export interface Played {
  readonly width: number;
  readonly height: number;
  readonly duration: number;
  readonly frames: number;
  readonly levels: readonly string[];
  /** `0.5-2 Good morning` */
  readonly cues: readonly string[];
  /** Errors that the player could not get over. */
  readonly fatal: readonly string[];
}

/** Plays at four times the speed, with the first captions shown, and tells what it saw at the end. */
const page = (address: string): string => `<!doctype html><video muted></video><script src="/hls.js"></script><script>
const video = document.querySelector('video');
window.played = new Promise((resolve) => {
  const seen = { levels: [], fatal: [] };
  const tell = () => resolve({ ...seen, width: video.videoWidth, height: video.videoHeight, duration: video.duration,
    frames: video.getVideoPlaybackQuality().totalVideoFrames,
    cues: [...video.textTracks].flatMap((track) => [...(track.cues ?? [])].map((cue) => cue.startTime.toFixed(1) + '-' + cue.endTime.toFixed(1) + ' ' + cue.text)) });
  const hls = new Hls();
  hls.on(Hls.Events.ERROR, (_, { fatal, details }) => { if (fatal) { seen.fatal.push(details); tell(); } });
  hls.on(Hls.Events.MANIFEST_PARSED, (_, { levels }) => { seen.levels = levels.map((level) => level.width + 'x' + level.height); video.playbackRate = 4; video.play(); });
  video.onplaying = () => setTimeout(() => { for (const track of video.textTracks) track.mode = 'showing'; }, 100);
  video.onended = () => setTimeout(tell, 500);
  hls.loadSource(${JSON.stringify(address)});
  hls.attachMedia(video);
});
</script>`;

/** Plays a playlist by hls.js on a page of another origin. @throws when the browser does not answer in a minute */
export async function playInBrowser(path: string, address: string): Promise<Played> {
  const script = readFileSync(require.resolve('hls.js/dist/hls.min.js'));
  const web = createServer((request, response) => {
    if (request.url === '/hls.js') response.setHeader('content-type', 'text/javascript').end(script);
    else response.setHeader('content-type', 'text/html').end(page(address));
  });
  web.listen(0, '127.0.0.1');
  await once(web, 'listening');
  const profile = await mkdtemp(join(tmpdir(), 'plaza-browser-'));
  const flags = [
    '--headless=new',
    '--no-sandbox',
    '--disable-gpu',
    '--autoplay-policy=no-user-gesture-required',
    '--remote-debugging-port=0',
  ];
  // A group of its own, for a browser is many processes.
  const browser = spawn(path, [...flags, `--user-data-dir=${profile}`, 'about:blank'], {
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  });
  const gone = once(browser, 'exit');
  try {
    const port = await portOf(browser.stderr);
    const url = `http://127.0.0.1:${(web.address() as AddressInfo).port}/`; // it listens on a port, not on a pipe
    const tab = (await (await fetch(`http://127.0.0.1:${port}/json/new?${url}`, { method: 'PUT' })).json()) as {
      webSocketDebuggerUrl: string;
    };
    return await evaluate<Played>(tab.webSocketDebuggerUrl, 'window.played');
  } finally {
    if (browser.pid !== undefined) process.kill(-browser.pid, 'SIGKILL');
    await gone;
    web.closeAllConnections();
    web.close();
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function portOf(stderr: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface(stderr)) {
    const port = /DevTools listening on ws:\/\/127\.0\.0\.1:(\d+)\//u.exec(line)?.[1];
    if (port !== undefined) return port;
  }
  throw new Error('the browser did not start');
}

/** The value of an expression, awaited, in a tab of the DevTools protocol; asked again while the tab is on its way to its page. */
async function evaluate<T>(url: string, expression: string): Promise<T> {
  const signal = AbortSignal.timeout(60_000);
  const socket = new WebSocket(url);
  await once(socket, 'open', { signal });
  try {
    for (;;) {
      socket.send(JSON.stringify({ id: 1, method: 'Runtime.evaluate', params: { expression, awaitPromise: true, returnByValue: true } }));
      const [message] = (await once(socket, 'message', { signal })) as [Buffer];
      const answer = JSON.parse(message.toString()) as { result?: { result?: { value?: T } } };
      if (answer.result?.result?.value !== undefined) return answer.result.result.value;
      await pause(100);
    }
  } finally {
    socket.close();
  }
}
