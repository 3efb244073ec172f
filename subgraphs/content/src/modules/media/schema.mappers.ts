import type { CaptionsRow } from './captions.store.js';
import type { VisibleMedia } from './media.loaders.js';

export type MediaMapper = VisibleMedia;

/** A size of a media; `of` says where it lies and who may have it. */
export interface MediaVariantMapper {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly of: VisibleMedia;
}

/** Captions of a media; `of` says where they lie and who may have them. */
export interface CaptionsMapper extends CaptionsRow {
  readonly of: VisibleMedia;
}
