import type { VisibleMedia } from '../media/media.loaders.js';
import type { CaptionsRow } from './captions.store.js';

/** Captions of a media; `of` says where they lie and who may have them. */
export interface CaptionsMapper extends CaptionsRow {
  readonly of: VisibleMedia;
}
