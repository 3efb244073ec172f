import type { RejectionCode } from '@plaza/media/processing';
import type { Audience } from '@plaza/visibility/can-see';

/** One stored size, the smallest first in its list. */
export interface StoredVariant {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly byteSize: number;
}

/** Who shows a media to whom: what decides who may see it. */
export interface MediaUse {
  readonly ownerId: string;
  /** The audiences of the posts that carry it; deleted ones do not count. A post's author owns its media. */
  readonly audiences: readonly Audience[];
  /** Set as a profile picture. */
  readonly isProfile: boolean;
}

export type MediaStatus = 'UPLOADING' | 'QUEUED' | 'PROCESSING' | 'READY' | 'FAILED';

/** Why a media FAILED: MediaFailure.code of the graph. */
export type FailureCode = RejectionCode | 'CHECKSUM_MISMATCH' | 'PROCESSING_FAILED';

export interface MediaRow extends MediaUse {
  readonly id: string;
  readonly kind: 'PHOTO' | 'VIDEO';
  readonly status: MediaStatus;
  readonly failureCode: FailureCode | null;
  /** Percent. */
  readonly progress: number;
  /** Null until READY. */
  readonly address: string | null;
  readonly altText: string | null;
  readonly blurhash: string | null;
  readonly width: number | null;
  readonly height: number | null;
  readonly durationMs: number | null;
  readonly focalX: number | null;
  readonly focalY: number | null;
  readonly variants: readonly StoredVariant[];
  /** Whether every variant is there in AVIF too. */
  readonly hasAvif: boolean;
  /** The object of the HLS master playlist. */
  readonly hls: string | null;
}
