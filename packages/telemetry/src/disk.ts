import { statfs } from 'node:fs/promises';
import { LookedUp } from './looked-up.js';

const disk = new LookedUp(
  {
    plaza_disk_free_bytes: 'Bytes that may still be written on the disk of the data folder.',
    plaza_disk_size_bytes: 'Bytes of the disk of the data folder.',
  },
  [],
);

/** Tells of the disk that a folder lies on. Returns what ends it. */
export function watchDisk(folder: string): () => void {
  return disk.add(async () => {
    const { bavail, blocks, bsize } = await statfs(folder);
    return [
      { name: 'plaza_disk_free_bytes', labels: {}, value: bavail * bsize },
      { name: 'plaza_disk_size_bytes', labels: {}, value: blocks * bsize },
    ];
  });
}
