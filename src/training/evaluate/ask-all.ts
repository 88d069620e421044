import { AppError } from '#domain/errors.ts';

/**
 * Maps in order with at most `concurrencyMax` calls at a time. The first rejection stops the rest
 * and is thrown once all calls under way have ended, so that none outlives the evaluation.
 */
export async function mapConcurrently<From, To>(
  values: readonly From[],
  concurrencyMax: number,
  map: (value: From) => Promise<To>,
): Promise<readonly To[]> {
  if (!Number.isInteger(concurrencyMax) || concurrencyMax < 1) {
    throw new AppError(
      'invalid_input',
      `concurrencyMax must be at least 1, not ${concurrencyMax}.`,
    );
  }
  const results: To[] = [];
  let next = 0;
  let stopped = false;
  const work = async (): Promise<void> => {
    for (let at = next++; at < values.length && !stopped; at = next++) {
      const value = values[at];
      if (value === undefined) continue;
      try {
        results[at] = await map(value);
      } catch (thrown) {
        stopped = true;
        throw thrown;
      }
    }
  };
  const workers = Array.from({ length: Math.min(concurrencyMax, values.length) }, work);
  const ends = await Promise.allSettled(workers);
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  return results;
}
