/** Rounds of a long computation between two breaths. */
export const ROUNDS_MAX = 64;

/**
 * Lets signals and other work have their turn, then throws when the computation was called off:
 * without it nobody could abort what never waits.
 */
export async function breathe(signal: AbortSignal): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  signal.throwIfAborted();
}
