import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import express from 'express';
import { afterAll, expect, it } from 'vitest';
import { FolderMail } from './folder-mail.js';
import { folderPages } from './folder-pages.router.js';

const dir = await mkdtemp(join(tmpdir(), 'plaza-mail-pages-'));
const folder = new FolderMail(dir, 'Plaza <plaza@example.org>');
const server = express().use('/mail', folderPages(folder)).listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = server.address() as AddressInfo; // a TCP server has one
afterAll(async () => {
  server.close();
  await rm(dir, { recursive: true, force: true });
});

async function get(path: string, host = `localhost:${port}`) {
  const [response] = await once(request({ port, host: '127.0.0.1', path, headers: { host } }).end(), 'response');
  return { status: response.statusCode as number, body: await text(response), headers: response.headers as Record<string, string> };
}

it('lists the mails, the newest first, and shows each without letting it run anything', async () => {
  expect((await get('/mail/')).body).toContain('Nothing was sent');
  const evil = '<script>alert(1)</script>';
  await folder.send({ to: 'anna@example.org', subject: 'First', text: 'one', messageId: '<01-first@x>' });
  await folder.send({
    to: 'binh@example.org',
    subject: evil,
    text: `see https://plaza.test/a?b=1&c=2 ${evil}`,
    html: `<b>${evil}</b>`,
    messageId: '<02-second@x>',
  });

  const list = await get('/mail/');
  expect(list.body.indexOf('02-second')).toBeLessThan(list.body.indexOf('01-first'));
  const page = await get('/mail/02-second');
  expect(page.status).toBe(200);
  expect(`${list.body}${page.body}`).not.toContain('<script');
  expect(page.body).toContain('<a href="https://plaza.test/a?b=1&#38;c=2"');
  expect(page.body).toContain('<iframe sandbox="allow-popups');
  expect(page.headers['content-security-policy']).toContain("default-src 'none'");
  expect((await get('/mail')).headers['location']).toBe('/mail/');
});

it('shows nothing for a name that is none', async () => {
  for (const name of ['nothing', '..%2Fsecret', '%2e%2e', 'a.eml']) expect((await get(`/mail/${name}`)).status).toBe(404);
});

it('is nothing for a browser that came by another name', async () => {
  for (const host of ['evil.example', `evil.example:${port}`, 'localhost.evil.example', '127.0.0.1.evil.example'])
    expect(await get('/mail/', host)).toMatchObject({ status: 404, body: '' });
  for (const host of ['localhost', '127.0.0.1:4000', '[::1]:4000']) expect((await get('/mail/', host)).status).toBe(200);
});
