import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { need, run } from '@plaza/native/tools';

/** Files of the edge's certificate. */
export interface Certificate {
  /** Certificate and key, for this user only: what HAProxy reads. */
  readonly file: string;
  /** The certificate alone: what a client is told to trust (`NODE_EXTRA_CA_CERTS`, `curl --cacert`). */
  readonly trust: string;
}

/** Days that it is good for: what clients take at most. */
const DAYS = 397;

/** The certificate in a folder; a self-signed one for this machine is made where there is none. Put another `certificate.pem` there to be known as somebody. */
export async function openCertificate(folder: string): Promise<Certificate> {
  const certificate = { file: join(folder, 'certificate.pem'), trust: join(folder, 'trust.pem') };
  if (existsSync(certificate.file)) return certificate;
  await need('edge', ['openssl'], 'Install OpenSSL, or put certificate.pem (certificate and key) and trust.pem into the folder edge.');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const [key, draft] = [join(folder, '.key.pem'), join(folder, '.certificate.pem')];
  const names = ['subjectAltName=DNS:localhost,IP:127.0.0.1', 'basicConstraints=critical,CA:TRUE', 'extendedKeyUsage=serverAuth'];
  const form = [
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-days',
    String(DAYS),
    '-subj',
    '/CN=localhost',
  ];
  const files = ['-keyout', key, '-out', certificate.trust];
  await run('openssl', ['req', ...form, ...files, ...names.flatMap((name) => ['-addext', name])]);
  const [made, secret] = await Promise.all([readFile(certificate.trust, 'utf8'), readFile(key, 'utf8')]);
  await writeFile(draft, `${made}${secret}`, { mode: 0o600 });
  await rename(draft, certificate.file);
  return certificate;
}
