import type { People } from '@plaza/calls/people';
import DataLoader from 'dataloader';
import { canSeeMedia, isPublicMedia } from './media.policy.js';
import type { MediaRow } from './media.row.js';
import type { MediaStore } from './media.store.js';

/** A media that the viewer may see. */
export interface VisibleMedia extends MediaRow {
  /** Everybody may see it. */
  readonly isPublic: boolean;
  /** They see it in one place alone, where another subgraph shows it to them. */
  readonly isHanded: boolean;
}

/** One request's media by id; null for hidden and missing alike. One statement, whatever way the media were reached. */
export function mediaLoader(store: MediaStore, people: People): DataLoader<string, VisibleMedia | null> {
  return new DataLoader(async (ids) => {
    const rows = await store.byIds(ids);
    const sights = await people.sights(rows.map(({ ownerId }) => ownerId));
    const seen = new Map<string, VisibleMedia>();
    for (const row of rows) {
      const sight = sights.get(row.ownerId);
      if (sight !== undefined && canSeeMedia(sight, row))
        seen.set(row.id, { isPublic: isPublicMedia(sight, row), isHanded: false, ...row });
    }
    return ids.map((id) => seen.get(id) ?? null);
  });
}

/** Media that another subgraph shows to the viewer and has checked for them: whoever may see one anyway sees it as they do everywhere. */
export function handedMediaLoader(
  store: MediaStore,
  media: DataLoader<string, VisibleMedia | null>,
): DataLoader<string, VisibleMedia | null> {
  return new DataLoader(async (ids) => {
    const seen = await Promise.all(ids.map((id) => media.load(id)));
    const others = ids.filter((_, index) => seen[index] === null);
    const rows = new Map(others.length === 0 ? [] : (await store.byIds(others)).map((row) => [row.id, row]));
    return ids.map((id, index) => {
      const row = rows.get(id);
      return seen[index] ?? (row === undefined ? null : { isPublic: false, isHanded: true, ...row });
    });
  });
}
