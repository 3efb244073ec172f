import type { ViewerClaims } from '@plaza/auth/assertion';
import type { Gates } from '@plaza/auth/gate';
import type { Passes } from '@plaza/auth/pass';
import type { People } from '@plaza/calls/people';
import type { RequestScope } from '@plaza/subgraph/request-scope';
import type DataLoader from 'dataloader';
import type { CaptionsRow } from './modules/media/captions.store.js';
import type { CaptionsService } from './modules/media/captions.service.js';
import type { VisibleMedia } from './modules/media/media.loaders.js';
import type { MediaService } from './modules/media/media.service.js';
import type { UploadService } from './modules/media/upload.service.js';
import type { PostLoaders } from './modules/post/post.loaders.js';
import type { Actor, PostService } from './modules/post/post.service.js';

/** What a resolver has to work with. */
export interface Context {
  readonly scope: RequestScope;
  readonly viewer: ViewerClaims | null;
  readonly people: People;
  readonly gates: Gates;
  readonly passes: Passes;
  readonly loaders: {
    readonly post: PostLoaders;
    /** By id, as far as the viewer may see them. */
    readonly media: DataLoader<string, VisibleMedia | null>;
    /** Those that another subgraph hands to the viewer. */
    readonly handedMedia: DataLoader<string, VisibleMedia | null>;
    /** By media. */
    readonly captions: DataLoader<string, readonly CaptionsRow[]>;
    /** Whether a product is on sale. */
    readonly product: DataLoader<string, boolean>;
  };
  readonly services: {
    readonly post: PostService;
    readonly media: MediaService;
    readonly uploads: UploadService;
    readonly captions: CaptionsService;
  };
  /** The signed-in viewer as one who does something. @throws Fault UNAUTHENTICATED for a guest */
  readonly actor: () => Actor;
  /** Where the owner of a media sends its bytes; the id as the graph has it. */
  readonly uploadUrl: (mediaId: string) => string;
  /** Where the viewer finds an object of a media (`w640.webp`, `hls/master.m3u8`); null until READY. */
  readonly urlOf: (media: Pick<VisibleMedia, 'address' | 'isPublic'>, name: string) => string | null;
}
