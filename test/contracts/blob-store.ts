import fc from 'fast-check';
import { beforeEach, expect, it } from 'vitest';
import { sha256 } from '#domain/hash.ts';
import type { BlobStore } from '#ports/blob-store.ts';

/** What every `BlobStore` promises. `make` gives an empty store. */
export function blobStoreContract(make: () => BlobStore | Promise<BlobStore>): void {
  let blobs: BlobStore;
  beforeEach(async () => {
    blobs = await make();
  });

  it('gives back the bytes it was given, under their hash', () =>
    fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 4096 }), async (bytes) => {
        const key = await blobs.put(bytes);
        expect(key).toBe(sha256(bytes));
        expect(sha256(await blobs.get(key))).toBe(key);
        expect(Buffer.compare(await blobs.get(key), bytes)).toBe(0);
        expect(await blobs.has(key)).toBe(true);
      }),
      { numRuns: 40 },
    ));

  it('stores the same bytes again without complaint', async () => {
    const bytes = new TextEncoder().encode('twice');
    const keys = [await blobs.put(bytes), await blobs.put(bytes)];
    expect(new Set(keys).size).toBe(1);
    expect(await blobs.get(sha256(bytes))).toEqual(Uint8Array.from(bytes));
  });

  it('takes the same and other bytes at the same time', async () => {
    const bodies = Array.from({ length: 40 }, (_, n) => Buffer.alloc(50_000, `body ${n % 4}`));
    const keys = await Promise.all(bodies.map((bytes) => blobs.put(bytes)));
    expect(new Set(keys).size).toBe(4);
    for (const [n, key] of keys.entries()) {
      expect(Buffer.compare(await blobs.get(key), bodies[n] ?? Buffer.alloc(0))).toBe(0);
    }
  });

  it('keeps its bytes when the caller changes theirs', async () => {
    const bytes = new TextEncoder().encode('mine');
    const key = await blobs.put(bytes);
    bytes.fill(0);
    (await blobs.get(key)).fill(1);
    expect(new TextDecoder().decode(await blobs.get(key))).toBe('mine');
  });

  it.each([
    ['a key that nobody stored', sha256('nobody')],
    ['a key that is no hash', 'readme'],
    ['a path', '../../../../etc/passwd'],
    ['nothing', ''],
  ])('does not know %s', async (_, key) => {
    expect(await blobs.has(key)).toBe(false);
    await expect(blobs.get(key)).rejects.toMatchObject({ name: 'AppError', code: 'not_found' });
  });
}
