/** What is published on it says that the media's state has changed. */
export const mediaChannel = (id: string): string => `content:media:${id}`;
