import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let dataDir: string;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'plaza-start-'));
});
afterAll(async () => rm(dataDir, { recursive: true, force: true }));

/** Runs Plaza with a last step of the start that does what `step` says. */
async function start(step: string): Promise<{ readonly code: number | null; readonly said: string }> {
  const program = `
    import { runPlaza } from ${JSON.stringify(new URL('start.ts', import.meta.url).href)};
    await runPlaza({ command: 'test', about: '', load: async () => async () => { ${step} } });
  `;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', program], {
    env: { ...process.env, PORT: '0', PLAZA_DATA_DIR: dataDir, PLAZA_DEMO: '0' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, said };
}

describe('a start', () => {
  it('that fails says why and ends with an error', async () => {
    const { code, said } = await start(`throw new Error('no engine');`);

    expect(said).toContain('Plaza cannot start: no engine');
    expect(code).toBe(1);
  });

  it('that was told to stop ends well, also when a step fails for it', async () => {
    const { code, said } = await start(`
      process.kill(process.pid, 'SIGTERM');
      await new Promise((later) => setTimeout(later, 200));
      throw new Error('the database has gone');
    `);

    expect(said).not.toContain('cannot start');
    expect(code).toBe(0);
  });
});
