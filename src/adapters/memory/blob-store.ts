import { AppError } from '#domain/errors.ts';
import { sha256 } from '#domain/hash.ts';
import type { BlobStore } from '#ports/blob-store.ts';

/** Blobs for as long as the process lives. Bytes are copied in and out. */
export function createMemoryBlobStore(): BlobStore {
  const blobs = new Map<string, Uint8Array>();
  return {
    async put(bytes) {
      const key = sha256(bytes);
      if (!blobs.has(key)) blobs.set(key, Uint8Array.from(bytes));
      return key;
    },
    async get(key) {
      const bytes = blobs.get(key);
      if (bytes) return Uint8Array.from(bytes);
      throw new AppError('not_found', `there is no blob "${key}"; check the key`);
    },
    has: async (key) => blobs.has(key),
  };
}
