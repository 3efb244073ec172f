import { importPhoto, ownMedia } from '@plaza/calls/contracts/content.calls';
import { badUserInput } from '@plaza/kernel/fault';
import { answer, type CallHandler } from '@plaza/subgraph/call-handler';
import { requireViewer } from '@plaza/subgraph/request-scope';
import type { MediaService } from './media.service.js';

/** What other subgraphs ask about media. */
export function mediaCalls(media: MediaService): readonly CallHandler[] {
  return [
    answer(ownMedia, async ({ mediaIds }, scope) => {
      const own = await media.ownReady(requireViewer(scope).id, mediaIds);
      // These two ask for one reason only: somebody sets a profile picture, or puts a product with pictures on sale (README.md).
      if (scope.issuer === 'accounts' || scope.issuer === 'commerce') await media.useOnProfile(own);
      else await media.hold(own);
      return { mediaIds: [...own] };
    }),
    answer(importPhoto, async ({ base64 }, scope) => {
      const imported = await media.importPhoto(requireViewer(scope).id, Buffer.from(base64, 'base64'));
      if (imported.kind === 'unreadable') throw badUserInput('This is no photo that can be read.');
      return { mediaId: imported.mediaId };
    }),
  ];
}
