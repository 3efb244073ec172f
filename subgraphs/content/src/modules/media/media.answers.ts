import type { VisibleMedia } from './media.loaders.js';
import type { QuotaBreach } from './upload.policy.js';

export const noSuchMedia = () => ({ __typename: 'NotFoundError' as const, code: 'NOT_FOUND', message: 'There is no such media.' });

export const alreadyUploaded = (media: VisibleMedia) => ({
  __typename: 'AlreadyUploaded' as const,
  code: 'ALREADY_UPLOADED',
  message: 'You have uploaded this very file before.',
  media,
});

export const unsupportedMedia = () => ({
  __typename: 'UnsupportedMediaError' as const,
  code: 'UNSUPPORTED_MEDIA',
  message: 'Send a photo (JPEG, PNG, WebP, AVIF, GIF) or a video (MP4, QuickTime, WebM).',
});

export const quotaExceeded = ({ quota, used, limit }: QuotaBreach) => ({
  __typename: 'QuotaExceededError' as const,
  code: 'QUOTA_EXCEEDED',
  message: 'There is no room for it.',
  quota,
  used: String(used),
  limit: String(limit),
});
