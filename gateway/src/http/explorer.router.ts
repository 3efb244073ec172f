import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { type Response, Router } from 'express';
import { FIRST_QUERY } from './first-query.js';

const SANDBOX_SCRIPT = 'https://embeddable-sandbox.cdn.apollographql.com/_latest/embeddable-sandbox.umd.production.min.js';
const SANDBOX_POLICY = [
  "default-src 'none'",
  "script-src 'unsafe-inline' https://embeddable-sandbox.cdn.apollographql.com",
  "style-src 'unsafe-inline' https://embeddable-sandbox.cdn.apollographql.com",
  'frame-src https://sandbox.embed.apollographql.com',
  "connect-src 'self' https://*.apollographql.com",
  "img-src 'self' data: https://*.apollographql.com",
  "manifest-src 'none'",
].join('; ');

/**
 * Pages for developers: Apollo Sandbox at `/`, and GraphiQL, which needs nothing from outside, at `/graphiql`. Sandbox comes from its own
 * host; where that cannot be reached the page goes on to GraphiQL.
 */
export function explorerRouter(endpoint: string): Router {
  const router = Router();
  router.get('/', (_request, response) => {
    response.setHeader('content-security-policy', SANDBOX_POLICY);
    response.type('html').send(sandboxPage(endpoint));
  });
  let graphiql: Promise<Page> | undefined;
  router.get('/graphiql', async (request, response) => {
    graphiql ??= graphiqlPage(endpoint);
    sendPage(await graphiql, request.acceptsEncodings('gzip') === 'gzip', response);
  });
  return router;
}

interface Page {
  readonly html: Buffer;
  readonly gzipped: Buffer;
}

/** Nine megabytes of one page: made when somebody first asks for it. */
async function graphiqlPage(endpoint: string): Promise<Page> {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  const html = Buffer.from(renderGraphiQL({ endpoint, title: 'Plaza', defaultQuery: FIRST_QUERY, subscriptionsProtocol: 'WS' }));
  return { html, gzipped: await promisify(gzip)(html) };
}

function sendPage({ html, gzipped }: Page, isGzip: boolean, response: Response): void {
  response.type('html').vary('Accept-Encoding');
  response.setHeader('cache-control', 'private, max-age=3600');
  if (isGzip) response.setHeader('content-encoding', 'gzip');
  response.send(isGzip ? gzipped : html);
}

const sandboxPage = (endpoint: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Plaza</title>
<style>html, body, #sandbox { margin: 0; width: 100%; height: 100%; overflow: hidden } p { font: 16px system-ui, sans-serif; padding: 1rem }</style>
</head>
<body>
<div id="sandbox"><p>Loading Apollo Sandbox … <a href="/graphiql">GraphiQL</a> works without the internet.</p></div>
<script>
const offline = () => location.replace('/graphiql');
const late = setTimeout(offline, 5000);
function show() {
  clearTimeout(late);
  document.querySelector('#sandbox').textContent = '';
  new window.EmbeddedSandbox({
    target: '#sandbox',
    initialEndpoint: new URL(${JSON.stringify(endpoint)}, location.href).href,
    endpointIsEditable: false,
    includeCookies: false,
    initialState: { document: ${JSON.stringify(FIRST_QUERY)}, pollForSchemaUpdates: false },
  });
}
</script>
<script src="${SANDBOX_SCRIPT}" onload="show()" onerror="offline()"></script>
</body>
</html>
`;
