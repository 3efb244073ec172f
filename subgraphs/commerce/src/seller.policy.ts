import { canSeeWorkOf, type Sight } from '@plaza/visibility/can-see';

/** A shop, and what it sells, is its owner's work. `sight`: the viewer before the owner. */
export const canSeeShop = (sight: Sight): boolean => canSeeWorkOf(sight);

/** Only who owns a shop may put goods into it. */
export const canChangeShop = (viewerId: string, { ownerId }: { readonly ownerId: string }): boolean => viewerId === ownerId;
