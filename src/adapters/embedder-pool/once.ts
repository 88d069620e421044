/** Runs each named task at most once at a time, and never again after it succeeded. */
export function createOnce() {
  const tasks = new Map<string, Promise<unknown>>();
  return {
    run<T>(name: string, start: () => Promise<T>): Promise<T> {
      const known = tasks.get(name);
      // The name decides the type: each is used at one place.
      if (known !== undefined) return known as Promise<T>;
      const task = start();
      tasks.set(name, task);
      task.catch(() => {
        if (tasks.get(name) === task) tasks.delete(name);
      });
      return task;
    },
    /** Forgets what succeeded; the next who asks runs it again. */
    clear: () => tasks.clear(),
  };
}

/** The task's outcome, or the signal's reason as soon as it aborts; the task goes on. */
export async function waitFor<T>(task: Promise<T>, signal: AbortSignal): Promise<T> {
  // Whoever left does not hear how it ended.
  task.catch(() => undefined);
  signal.throwIfAborted();
  const gate = Promise.withResolvers<never>();
  const onAbort = () => gate.reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([task, gate.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
