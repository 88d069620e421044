export type BatchLimits = {
  /** Most tokens of a batch, filling-up included; one text over it is a batch of its own. */
  readonly paddedTokensMax: number;
  /** Threads that wait for batches; a short list is cut so that each gets a part. */
  readonly threads: number;
};

/**
 * Positions of texts, in batches: longest first, so that texts of about one length share a batch and
 * little is filled up, and so that no thread is left with a long one at the end.
 *
 * @param lengths tokens of each text
 */
export function planBatches(
  lengths: readonly number[],
  { paddedTokensMax, threads }: BatchLimits,
): readonly (readonly number[])[] {
  const order = Array.from(lengths.keys()).sort(
    (a, b) => (lengths[b] ?? 0) - (lengths[a] ?? 0) || a - b,
  );
  const tokens = lengths.reduce((sum, length) => sum + length, 0);
  const budget = Math.min(paddedTokensMax, Math.ceil(tokens / threads));
  const batches: number[][] = [];
  let batch: number[] = [];
  let longest = 0;
  for (const position of order) {
    if (batch.length === 0) longest = Math.max(1, lengths[position] ?? 0);
    else if ((batch.length + 1) * longest > budget) {
      batches.push(batch);
      batch = [];
      longest = Math.max(1, lengths[position] ?? 0);
    }
    batch.push(position);
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}
