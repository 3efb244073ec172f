import { fromTypeId } from '@plaza/kernel/type-id';

export const postOfId = (id: string): string => fromTypeId('post', id) ?? '';
