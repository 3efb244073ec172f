import type { FocalPointResolvers } from '../../types.generated.js';

export const FocalPoint: FocalPointResolvers = {};
