import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@plaza/telemetry/logger';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SchemaFolder } from './schema-folder.js';

const MANIFEST = JSON.stringify({ format: 'apollo-persisted-query-manifest', version: 1, operations: [] });

let folder: string;
let taken: string[];
let schemas: SchemaFolder;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plaza-schema-'));
  await mkdir(join(folder, 'operations'));
  await writeFile(join(folder, 'operations/manifest.json'), MANIFEST);
  await put('first');
  taken = [];
  schemas = new SchemaFolder({
    folder,
    async replace({ supergraphSdl }) {
      taken.push(supergraphSdl);
      return { kind: 'taken' };
    },
    logger: createLogger('silent', 'gateway'),
  });
  await schemas.read();
});
afterEach(() => rm(folder, { recursive: true }));

/** In one step, under another number: as it should be done, and as no clock can miss. */
async function put(supergraph: string): Promise<void> {
  await writeFile(join(folder, 'next'), supergraph);
  await rename(join(folder, 'next'), join(folder, 'supergraph.graphql'));
}

async function looks(times: number): Promise<void> {
  for (let n = 0; n < times; n += 1) await schemas.look();
}

describe('the schema folder', () => {
  it('brings nothing as long as nothing changes', async () => {
    await looks(3);
    expect(taken).toEqual([]);
  });

  it('brings what changed once nobody writes any more, and once only', async () => {
    await looks(1);
    await put('half');
    await looks(1);
    await put('whole');
    await looks(1);
    expect(taken).toEqual([]);
    await looks(3);
    expect(taken).toEqual(['whole']);
  });

  it('brings what a client’s own build has put beside the manifest', async () => {
    await mkdir(join(folder, 'operations/clients'));
    await writeFile(join(folder, 'operations/clients/phone.json'), MANIFEST);
    await looks(3);
    expect(taken).toEqual(['first']);
  });

  it('says once that it cannot be read, and brings what comes next', async () => {
    await rm(join(folder, 'supergraph.graphql'));
    await looks(4);
    expect(await schemas.reload()).toMatchObject({ kind: 'refused' });
    await put('again');
    await looks(3);
    expect(taken).toEqual(['again']);
  });

  it('is read at once where somebody says so', async () => {
    await put('second');
    expect(await schemas.reload()).toEqual({ kind: 'taken' });
    await looks(3);
    expect(taken).toEqual(['second']);
  });
});
