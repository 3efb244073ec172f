import { join } from 'node:path';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { Gates } from '@plaza/auth/gate';
import { Passes } from '@plaza/auth/pass';
import { RelationEpochs } from '@plaza/calls/relation-epochs';
import { People, peopleByCalls } from '@plaza/calls/people';
import { openDatabase } from '@plaza/db/database';
import { on } from '@plaza/events/consumer';
import { userStateChanged } from '@plaza/events/contracts/accounts.events';
import { Outbox } from '@plaza/events/outbox';
import { newId } from '@plaza/kernel/id';
import { BucketWatch } from '@plaza/media/bucket-watch';
import { FolderObjects } from '@plaza/media/folder-objects';
import type { Objects } from '@plaza/media/objects';
import { HlsUrls } from '@plaza/media/hls-urls';
import { MediaUrls } from '@plaza/media/media-urls';
import { Turnstile } from '@plaza/kernel/turnstile';
import { PrismaClient } from '@plaza/prisma/content';
import { type RequestScope, requireViewer } from '@plaza/subgraph/request-scope';
import { relayFor, type RunningSubgraph, runSubgraph } from '@plaza/subgraph/running-subgraph';
import type { SubgraphHost } from '@plaza/subgraph/subgraph-host';
import { PrismaPg } from '@prisma/adapter-pg';
import { Router } from 'express';
import { type ContentConfig, readConfig } from './config.js';
import type { Context } from './context.js';
import { startIncoming, UPLOADS_PATH } from './incoming.js';
import { captionsLoader } from './modules/media/captions.loaders.js';
import { CaptionsService } from './modules/media/captions.service.js';
import { CaptionsStore } from './modules/media/captions.store.js';
import { hlsRoutes } from './modules/media/hls.routes.js';
import { HlsService } from './modules/media/hls.service.js';
import { mediaCalls } from './modules/media/media.calls.js';
import { handedMediaLoader, mediaLoader } from './modules/media/media.loaders.js';
import { mediaRoutes } from './modules/media/media.routes.js';
import { MediaService } from './modules/media/media.service.js';
import { MediaStore } from './modules/media/media.store.js';
import { RecallService } from './modules/media/recall.service.js';
import { RecallStore } from './modules/media/recall.store.js';
import { MarkedCaches } from './modules/media/shared-caches.js';
import { postCalls } from './modules/post/post.calls.js';
import { postLoaders } from './modules/post/post.loaders.js';
import { PostService } from './modules/post/post.service.js';
import { PostStore } from './modules/post/post.store.js';
import { searchableCalls } from './modules/post/searchable.calls.js';
import { SearchableStore } from './modules/post/searchable.store.js';
import { productLoader } from './modules/post/products.loaders.js';
import { resolvers } from './modules/resolvers.generated.js';
import { typeDefs } from './modules/typeDefs.generated.js';
import { every } from '@plaza/kernel/every';

const PURGE_EVERY_MS = 60_000;
/** Where the host serves the subgraph's routes: packages/subgraph. */
const MEDIA_PATH = '/content/media';
/** Fields whose addresses lead to the bucket. */
const ADDRESSES_OF_BYTES = ['Media.url', 'Media.hlsUrl', 'MediaVariant.url', 'Captions.url'];

/** Without an address nothing of the bucket's client is loaded. */
async function objectsOf({ bucket }: ContentConfig, dataDir: string): Promise<Objects> {
  if (bucket === undefined) return new FolderObjects(join(dataDir, 'media'));
  const { BucketObjects } = await import('@plaza/media/bucket-objects');
  return new BucketObjects(bucket);
}

/** Starts the subgraph. `options` come before what the environment says. */
export async function startContent(host: SubgraphHost, options: Partial<ContentConfig> = {}): Promise<RunningSubgraph> {
  const config: ContentConfig = { ...readConfig(process.env), ...options };
  const { clock, calls, logger, bus } = host;
  const database = openDatabase({
    url: host.databaseUrl,
    poolSize: host.poolSize,
    prisma: (pool) => new PrismaClient({ adapter: new PrismaPg(pool) }),
    onError: (error) => logger.warn({ err: error }, 'an idle database connection broke'),
  });
  const relay = relayFor('content', database, host);
  const outbox = new Outbox(relay.wake);
  const [postStore, mediaStore, captionsStore] = [new PostStore(database), new MediaStore(database), new CaptionsStore(database)];
  const objects = await objectsOf(config, host.dataDir);
  const watch = config.bucket === undefined ? undefined : new BucketWatch(config.bucket.endpoint);
  const media = new MediaService({ store: mediaStore, objects, clock, bus, turnstile: new Turnstile(config.photosAtOnce) });
  const incoming = await startIncoming({ host, database, config, objects });
  const captions = new CaptionsService({ database, store: captionsStore, objects });
  const recall = new RecallService({
    store: new RecallStore(database),
    caches: config.purgeUrls.length === 0 ? null : new MarkedCaches(config.purgeUrls),
    clock,
    logger,
  });
  const posts = new PostService({ database, store: postStore, media, recall, outbox, calls, clock });

  const gates = new Gates(host.secret);
  const passes = new Passes(host.secret);
  const urls = new MediaUrls({ base: `${host.publicUrl}${MEDIA_PATH}`, secret: host.secret, clock });
  const hlsUrls = new HlsUrls({ base: `${host.publicUrl}${MEDIA_PATH}`, secret: host.secret, clock });
  const source = peopleByCalls(calls);
  const cache = host.people;
  const peopleOf = (asker: Pick<RequestScope, 'viewer' | 'requestId'>): People => new People(asker, source, cache);

  const guest = (): People => peopleOf({ viewer: null, requestId: newId() });
  const epochs = new RelationEpochs(calls);
  /** Somebody who comes with a token in an address, and not through the gateway. */
  const as = async (viewerId: string): Promise<People> => {
    const requestId = newId();
    return peopleOf({ viewer: { id: viewerId, sessionId: requestId, epoch: await epochs.of(viewerId), scopes: [] }, requestId });
  };

  const context = (scope: RequestScope): Context => {
    const { viewer, requestId } = scope;
    const people = peopleOf(scope);
    const visibleMedia = mediaLoader(mediaStore, people);
    return {
      scope,
      viewer,
      people,
      gates,
      passes,
      loaders: {
        post: postLoaders(postStore, people),
        media: visibleMedia,
        handedMedia: handedMediaLoader(mediaStore, visibleMedia),
        captions: captionsLoader(captionsStore),
        product: productLoader(calls, { viewer, requestId }),
      },
      services: { post: posts, media, uploads: incoming.uploads, captions },
      actor: () => ({ viewer: requireViewer(scope), requestId, people }),
      uploadUrl: (mediaId) => `${host.publicUrl}${UPLOADS_PATH}/${mediaId}`,
      urlOf({ address, isPublic }, name) {
        if (address === null) return null;
        if (name.startsWith('hls/'))
          return isPublic || viewer === null ? hlsUrls.stable({ address, name }) : hlsUrls.signed({ address, name }, viewer.id);
        return isPublic ? urls.stable({ address, name }) : urls.signed({ address, name }, viewer?.id ?? null);
      },
    };
  };

  const purging = every(
    PURGE_EVERY_MS,
    () => posts.purge(),
    (error) => logger.warn({ err: error }, 'deleted posts could not be purged'),
  );
  return runSubgraph(
    {
      name: 'content',
      schema: buildSubgraphSchema([{ typeDefs, resolvers }]),
      database,
      context,
      calls: [...postCalls(posts, peopleOf), ...searchableCalls(new SearchableStore(database)), ...mediaCalls(media)],
      reactions: [
        on(userStateChanged, async ({ userId, state }, tx) => {
          // Sooner than the second that a state is kept for.
          cache.states.delete(userId);
          if (state !== 'ACTIVE') await recall.owner(tx, userId);
        }),
      ],
      dependences: watch === undefined ? [] : [{ isAway: () => watch.isAway, degraded: ADDRESSES_OF_BYTES }],
      routes: Router().use(
        incoming.routes,
        hlsRoutes(new HlsService({ media, store: mediaStore, urls: hlsUrls, clock, guest, as })),
        mediaRoutes(media, urls, guest),
      ),
      stop: async () => {
        await Promise.all([purging.stop(), incoming.stop(), recall.stop(), watch?.stop()]);
      },
    },
    host,
    relay,
  );
}
