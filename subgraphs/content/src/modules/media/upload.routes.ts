import type { Assertions, ViewerClaims } from '@plaza/auth/assertion';
import { assertionBody } from '@plaza/calls/subgraph-port';
import { Fault } from '@plaza/kernel/fault';
import { fromTypeId } from '@plaza/kernel/type-id';
import { HTTP } from '@plaza/subgraph/http-paths';
import { Server } from '@tus/server';
import { type Request, type Response, Router } from 'express';
import type { FailureCode } from './media.row.js';
import type { UploadFiles } from './upload-files.js';
import type { UploadService } from './upload.service.js';

export interface UploadRoutesParts {
  readonly uploads: UploadService;
  readonly files: UploadFiles;
  readonly assertions: Assertions;
  /** Where the host serves these routes: `/content/uploads`. */
  readonly path: string;
}

const PATH = /^\/uploads\/(?<id>media_[0-9a-z]{26})$/u;
const METHODS = new Set(['HEAD', 'PATCH', 'DELETE']);
const TUS = { 'Tus-Resumable': '1.0.0', 'Cache-Control': 'no-store' };

/** What a refused upload answers: checksum mismatch is tus' own number. */
const STATUS: Readonly<Record<FailureCode, number>> = {
  CHECKSUM_MISMATCH: 460,
  UNSUPPORTED_MEDIA: 415,
  CORRUPT: 422,
  TOO_LARGE: 413,
  LIMIT_EXCEEDED: 422,
  PROCESSING_FAILED: 422,
};

const failed = (code: FailureCode) => ({ status_code: STATUS[code], body: JSON.stringify({ code }) });

/**
 * The tus protocol 1.0.0 at `/uploads/<media id>`: HEAD, PATCH and DELETE of uploads that startUpload made. Asks for the owner's token; anybody
 * else's upload is 404 like one that never was. The last PATCH answers when the bytes are proved: 204, or the status and `{"code"}` of why not.
 */
export function uploadRoutes({ uploads, files, assertions, path }: UploadRoutesParts): Router {
  const tus = new Server({
    path,
    // Who may read answers from another site's page, the gateway says.
    allowedOrigins: () => false,
    datastore: files.tus,
    getFileIdFromRequest: (_request, last) => fromTypeId('media', last?.split('?')[0] ?? '') ?? undefined,
    async onUploadFinish(_request, { id }) {
      const row = await uploads.lookUp(id);
      const finished = row === null ? null : await uploads.finish(row);
      // tus sends what is thrown.
      if (finished?.kind === 'failed') throw failed(finished.code);
      return {};
    },
    onResponseError: (_request, error) =>
      'status_code' in error ? undefined : { status_code: 500, body: 'Something went wrong on our side.\n' },
  });

  const router = Router({ caseSensitive: true, strict: true });
  router.use('/uploads', (request, response, next) => {
    serve(request, response).catch(next);
  });

  async function serve(request: Request, response: Response): Promise<void> {
    const viewer = viewerOf(request, assertions);
    if (viewer === null)
      return void response
        .set(TUS)
        .status(401)
        .type('json')
        .send(JSON.stringify({ code: 'UNAUTHENTICATED' }));
    const id = uploadIdOf(`/uploads${request.path}`);
    const row = id === null || !METHODS.has(request.method) ? null : await uploads.find(viewer.id, id);
    if (row === null) return missing(response);

    // A process may have ended between the last byte and its proof.
    const finished = row.status === 'UPLOADING' && request.method !== 'HEAD' ? null : await uploads.finish(row);
    if (finished?.kind === 'failed') {
      const { status_code: status, body } = failed(finished.code);
      return void response.set(TUS).status(status).type('json').send(body);
    }
    if (finished?.kind === 'queued') return whole(request, response, row.byteSize);
    if (uploads.isOver(row)) return void response.set(TUS).status(410).type('text/plain').send('This upload has expired.\n');
    if (request.method === 'DELETE') {
      await uploads.abandon(row);
      return void response.set(TUS).status(204).end();
    }
    await tus.handle(request, response);
  }
  return router;
}

/** All of it is here already: a client that did not hear so asks again. */
function whole(request: Request, response: Response, byteSize: number): void {
  const size = String(byteSize);
  response.set({ ...TUS, 'Upload-Offset': size });
  if (request.method === 'HEAD') response.set('Upload-Length', size).status(200).end();
  else if (request.method === 'PATCH' && request.get('upload-offset') === size) response.status(204).end();
  else response.status(409).type('text/plain').send('Upload-Offset conflict\n');
}

/** The UUID of the media; null for any other path. */
function uploadIdOf(path: string): string | null {
  const id = PATH.exec(path)?.groups?.['id'];
  return id === undefined ? null : fromTypeId('media', id);
}

function viewerOf(request: Request, assertions: Assertions): ViewerClaims | null {
  try {
    return assertions.verify(request.get(HTTP.assertion) ?? '', 'content', assertionBody.route(request.method, request.originalUrl)).viewer;
  } catch (error) {
    if (error instanceof Fault) return null;
    throw error;
  }
}

function missing(response: Response): void {
  response.set(TUS).status(404).type('text/plain').send('There is no such upload.\n');
}
