import { availableParallelism } from 'node:os';
import { defineConfig, defineProject } from 'vitest/config';
import { newestBuild, withBuiltPrograms } from './infra/build/build.mjs';
import { LongestFirst } from './packages/testing/src/longest-first.js';

// Vite would take graphql's ES modules while Apollo's packages require its CommonJS ones: two copies that refuse each other.
const resolve = { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] };
/** What a test starts in a thread or a process of its own is built, as where it is not tested: the start takes a third of the time. */
const build = await newestBuild();
const plugins = [
  {
    name: 'built programs',
    enforce: 'pre' as const,
    transform: (text: string, path: string) => (text.includes('import.meta.url') ? withBuiltPrograms(text, path, build) : undefined),
  },
];
const env = { APOLLO_TELEMETRY_DISABLED: '1' };

export default defineConfig({
  resolve,
  test: {
    // At the root, so that the two projects share one PostgreSQL.
    globalSetup: 'packages/testing/src/global-setup.ts',
    sequence: { sequencer: LongestFirst },
    projects: [
      defineProject({
        resolve,
        plugins,
        test: {
          name: 'unit',
          include: ['{packages,gateway,subgraphs,infra,scripts}/**/*.test.ts'],
          env,
          // One more than there are processors of a small machine: many wait for PostgreSQL, or for a moment to pass.
          maxWorkers: Math.max(3, availableParallelism() - 1),
          sequence: { groupOrder: 0 },
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      }),
      situations('e2e', {}),
      // The same situations with the gateway and every subgraph in a process of its own; those that name their way run once, and so do those
      // that try what one subgraph does by itself, and nothing of the wires.
      situations('e2e-processes', { PLAZA_E2E: 'processes' }, [
        'e2e/{chat,crash,hostile,lifecycle,likes,paging,search,shop,statements,trends}/**',
        'e2e/media/{hostile,video}.e2e.ts',
      ]),
      // What shows whether an engine is right, with the one that is not the default.
      situations('e2e-apollo', { GATEWAY_ENGINE: 'apollo' }, [], ['e2e/{smoke,matrix,live}/**/*.e2e.ts']),
    ],
  },
});

/** Each file runs a whole Plaza: two at a time, those that look at the clock alone (e2e/turn.ts). */
function situations(
  name: string,
  way: Readonly<Record<string, string>>,
  exclude: readonly string[] = [],
  include: readonly string[] = ['e2e/**/*.e2e.ts'],
) {
  return defineProject({
    resolve,
    plugins,
    test: {
      name,
      include: [...include],
      exclude: [...exclude],
      env: { ...env, ...way },
      setupFiles: 'e2e/turn.ts',
      maxWorkers: 2,
      // Those that run Plaza in their own process share it, one after another: each begins a world of its own, and all that it has of the one before is
      // what is loaded and compiled by then, which is half of what a short one takes.
      isolate: name !== 'e2e',
      // All together after the units: no worker waits for the last of one way before the next begins.
      sequence: { groupOrder: 1 },
      // They end what hangs. How fast a machine is, they do not judge.
      testTimeout: 600_000,
      hookTimeout: 300_000,
    },
  });
}
