export type ParallelOptions<Task, Outcome> = {
  /** Tasks at a time. */
  readonly concurrencyMax: number;
  readonly signal: AbortSignal;
  readonly run: (task: Task, signal: AbortSignal) => Promise<Outcome>;
};

type Settled<Outcome> = { readonly task: number } & (
  | { readonly kind: 'done'; readonly outcome: Outcome }
  | { readonly kind: 'failed'; readonly thrown: unknown }
);

/**
 * Runs tasks a few at a time, and gives each outcome as it comes. After a failure no further task is
 * begun, but those under way are waited for and given before it is thrown. Whoever stops listening
 * aborts what is under way.
 */
export async function* inParallel<Task, Outcome>(
  tasks: readonly Task[],
  { concurrencyMax, signal, run }: ParallelOptions<Task, Outcome>,
): AsyncGenerator<Outcome> {
  const leaving = new AbortController();
  const either = AbortSignal.any([signal, leaving.signal]);
  const running = new Map<number, Promise<Settled<Outcome>>>();
  const failures: unknown[] = [];
  const left = tasks.entries();
  const begin = () => {
    const next = left.next();
    if (next.done) return false;
    const [task, content] = next.value;
    running.set(
      task,
      run(content, either).then(
        (outcome) => ({ task, kind: 'done', outcome }),
        (thrown) => ({ task, kind: 'failed', thrown }),
      ),
    );
    return true;
  };
  try {
    for (;;) {
      while (failures.length === 0 && running.size < concurrencyMax && begin());
      if (running.size === 0) break;
      const settled = await Promise.race(running.values());
      running.delete(settled.task);
      if (settled.kind === 'done') yield settled.outcome;
      else failures.push(settled.thrown);
    }
    if (failures.length > 0) throw failures[0];
  } finally {
    leaving.abort();
  }
}
