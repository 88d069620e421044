import { expect } from 'vitest';
import { findPii } from '#features/clean/pii/find-pii.ts';

/** What is found in a text, as `kind: what`. */
export const foundIn = (text: string): readonly string[] =>
  findPii(text).map(({ kind, start, end }) => `${kind}: ${text.slice(start, end)}`);

/** Checks that nothing at all is found. */
export const findsNothing = (text: string): void => expect(foundIn(text)).toEqual([]);
