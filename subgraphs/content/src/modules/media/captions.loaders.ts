import DataLoader from 'dataloader';
import type { CaptionsRow, CaptionsStore } from './captions.store.js';

/** One request's captions by media. */
export function captionsLoader(store: CaptionsStore): DataLoader<string, readonly CaptionsRow[]> {
  return new DataLoader(async (mediaIds) => {
    const rows = await store.ofMedia(mediaIds);
    return mediaIds.map((id) => rows.filter(({ mediaId }) => mediaId === id));
  });
}
