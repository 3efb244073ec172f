/** The primary subtag in lower case: who reads `en` gets posts in `en-GB`, and who reads `pt-BR` those in `pt`. */
export const primaryLanguage = (tag: string): string => (tag.split('-')[0] ?? tag).toLowerCase();
