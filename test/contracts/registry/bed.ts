import { expect } from 'vitest';
import type { ErrorCode } from '#domain/errors.ts';
import type { Registry } from '#ports/registry.ts';

/** A database that the suite has to itself. */
export type RegistryBed = {
  readonly registry: Registry;
  /** Empties every table. */
  reset(): Promise<void>;
  close(): Promise<void>;
};

/** Expects a rejection with a code; gives back the message. */
export async function refusal(work: Promise<unknown>, code: ErrorCode): Promise<string> {
  const outcome = await work.then(
    (value) => ({ given: value }),
    (thrown: Error & { code?: string }) => ({ code: thrown.code, message: thrown.message }),
  );
  expect(outcome).toMatchObject({ code });
  return 'message' in outcome ? outcome.message : '';
}

/** How often each outcome was met: `done`, or an error's code. */
export async function outcomes(
  works: readonly Promise<unknown>[],
): Promise<Readonly<Record<string, number>>> {
  const counts: Record<string, number> = {};
  for (const settled of await Promise.allSettled(works)) {
    const name = settled.status === 'fulfilled' ? 'done' : String(settled.reason.code);
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}
