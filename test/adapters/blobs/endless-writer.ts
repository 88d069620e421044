// Stores blobs until it is killed; says so after the first few.
import { createFileBlobStore } from '#adapters/blobs/file-blob-store.ts';

const [, , folder = ''] = process.argv;
const blobs = createFileBlobStore({ folder });
for (let n = 0; ; n += 1) {
  await blobs.put(Buffer.alloc(300_000, `blob ${n} `));
  if (n === 5) process.send?.('started');
}
