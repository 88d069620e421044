import { sha256 } from '#domain/hash.ts';
import type { HttpDeps } from '../deps.ts';

/** The API keys as the middleware asks for them, without a round trip for each request. */
export type KeyRing = {
  /**
   * Whether a request must carry a key: where the server says so, and as soon as a key was ever
   * made, so that revoking the last one closes the door instead of opening it.
   */
  demanded(): Promise<boolean>;
  /** Id of the unrevoked key with this secret. */
  find(secret: string): Promise<string | null>;
};

type KeyRingDeps = Pick<HttpDeps, 'clock' | 'requireKey'> & {
  readonly keys: HttpDeps['registry']['keys'];
  readonly limits: Pick<HttpDeps['limits'], 'keyCacheMs' | 'keysCachedMax'>;
};

/**
 * A key that was found, and whether any exists, are believed for `keyCacheMs`: that long a revoked
 * key still opens. What was not found is never cached, so a new key works at once.
 */
export function createKeyRing({ keys, clock, requireKey, limits }: KeyRingDeps): KeyRing {
  const found = new Map<string, { readonly id: string; readonly untilMs: number }>();
  let exists = { value: false, untilMs: Number.NEGATIVE_INFINITY };
  return {
    demanded: async () => {
      if (requireKey) return true;
      const nowMs = clock.monotonicMs();
      if (nowMs >= exists.untilMs) {
        const value = (await keys.list()).length > 0;
        exists = { value, untilMs: nowMs + limits.keyCacheMs };
      }
      return exists.value;
    },
    find: async (secret) => {
      const hash = sha256(secret);
      const nowMs = clock.monotonicMs();
      const cached = found.get(hash);
      if (cached !== undefined && nowMs < cached.untilMs) return cached.id;
      found.delete(hash);
      const key = await keys.findByHash(hash);
      if (key === null) return null;
      const [oldest] = found.keys();
      if (found.size >= limits.keysCachedMax && oldest !== undefined) found.delete(oldest);
      found.set(hash, { id: key.id, untilMs: nowMs + limits.keyCacheMs });
      return key.id;
    },
  };
}
