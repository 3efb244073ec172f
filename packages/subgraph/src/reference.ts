import { fromTypeId } from '@plaza/kernel/type-id';

/** The UUID that an entity's representation names by `id` or by `ref`; null when it is malformed or of another type. */
export function referencedId(prefix: string, reference: object): string | null {
  const id: unknown = 'id' in reference ? reference.id : 'ref' in reference ? reference.ref : undefined;
  return typeof id === 'string' ? fromTypeId(prefix, id) : null;
}
