export type { TrendRow as TrendMapper } from './trend.store.js';
