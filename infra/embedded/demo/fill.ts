import { Assertions } from '@plaza/auth/assertion';
import type { Ports } from '@plaza/calls/call-client';
import { importPhoto } from '@plaza/calls/contracts/content.calls';
import { assertionBody } from '@plaza/calls/subgraph-port';
import { newId } from '@plaza/kernel/id';
import { fromTypeId, toTypeId } from '@plaza/kernel/type-id';
import { type DemoTarget, writeDemo } from './write-demo.js';

/** Write the demo into a Plaza that has just started: through its public graph, and its photos through content's import. */
export async function fillWithDemo(
  plaza: { readonly url: string; readonly secret: Uint8Array; readonly ports: Ports },
  at: (detail: string) => void,
): Promise<void> {
  const assertions = new Assertions(plaza.secret);
  const importOne: DemoTarget['importPhoto'] = async (ownerId, { fileName, bytes }) => {
    const userId = fromTypeId('user', ownerId);
    const content = plaza.ports('content');
    if (userId === null || content === undefined) throw new Error(`${fileName} cannot be imported`);
    const input = { fileName, base64: Buffer.from(bytes).toString('base64') };
    const claims = {
      viewer: { id: userId, sessionId: newId(), epoch: 0, scopes: [] },
      issuer: 'gateway',
      requestId: newId(),
      address: null,
      userAgent: null,
    };
    const assertion = assertions.mint(claims, 'content', assertionBody.call(importPhoto.name, input));
    // Without the deadline of CallClient: a slow machine may take its time over a picture.
    const answer = await content.call(importPhoto.name, input, assertion);
    return toTypeId('media', importPhoto.output.parse(answer).mediaId);
  };
  await writeDemo({ graphqlUrl: plaza.url, importPhoto: importOne }, at);
}
