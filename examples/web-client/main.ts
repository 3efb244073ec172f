/** `npm run example:web`: see HELP. */
import { copyFile, mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { context } from 'esbuild';

const HELP = `npm run example:web -- --port 5173

Builds the example of a web client and serves it, anew after each change: sign in, home feed, likes, comments as they come.
Beside it runs a Plaza (npm start); another one than http://localhost:4000 is named in the page's address: ?plaza=https://…/graphql

  --port 5173
  --once       builds into dist/web-client and serves nothing`;

const { values: options } = parseArgs({
  options: { port: { type: 'string', default: '5173' }, once: { type: 'boolean', default: false }, help: { type: 'boolean' } },
});

if (options.help === true) console.log(HELP);
else {
  const here = fileURLToPath(new URL('.', import.meta.url));
  const outdir = fileURLToPath(new URL('../../dist/web-client', import.meta.url));
  await mkdir(outdir, { recursive: true });
  for (const file of ['index.html', 'page.css']) await copyFile(`${here}${file}`, `${outdir}/${file}`);
  const building = await context({
    entryPoints: [`${here}src/page.ts`],
    outdir,
    bundle: true,
    format: 'esm',
    target: 'es2022',
    minify: true,
    define: { 'globalThis.__DEV__': 'false' },
    logLevel: 'warning',
  });
  if (options.once) {
    await building.rebuild();
    await building.dispose();
  } else {
    const { port } = await building.serve({ servedir: outdir, port: Number(options.port), host: '127.0.0.1' });
    console.log(`http://localhost:${port}`);
  }
}
