/** All that an iterable gives, in order. */
export async function collect<T>(iterable: AsyncIterable<T>): Promise<readonly T[]> {
  const all: T[] = [];
  for await (const one of iterable) all.push(one);
  return all;
}

/** What a promise rejects with. Throws when it resolves. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  const outcome = await promise.then(
    () => ({ failed: false as const }),
    (thrown: unknown) => ({ failed: true as const, thrown }),
  );
  if (!outcome.failed) throw new Error('expected a rejection, but the promise resolved');
  return outcome.thrown;
}
