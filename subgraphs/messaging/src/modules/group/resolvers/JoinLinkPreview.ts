import type { JoinLinkPreviewResolvers } from './../../types.generated.js';
export const JoinLinkPreview: JoinLinkPreviewResolvers = {/* Implement JoinLinkPreview resolver logic here */};
