/** The first `perGroupMax` of each group, in the order given. */
export function firstOfEach<T>(
  ordered: readonly T[],
  groupOf: (one: T) => string,
  perGroupMax: number,
): readonly T[] {
  const taken = new Map<string, number>();
  return ordered.filter((one) => {
    const group = groupOf(one);
    const count = taken.get(group) ?? 0;
    if (count >= perGroupMax) return false;
    taken.set(group, count + 1);
    return true;
  });
}
