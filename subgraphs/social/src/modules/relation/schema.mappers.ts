/** A person by UUID: whatever else there is to know of them is loaded. */
export interface UserMapper {
  readonly userId: string;
}

/** The signed-in viewer, as the assertion says. */
export interface ViewerMapper {
  readonly userId: string;
}

export type { Standing as ViewerRelationMapper } from './standing.js';
