import { AppError } from './errors.ts';

/** `to` of a point that lives: 2^53 − 1, the largest integer that JSON carries exactly. */
export const EPOCH_OPEN_END = Number.MAX_SAFE_INTEGER;

/** One published, or still open, state of a view. Epochs of a view are numbered from 1. */
export type Epoch = {
  readonly viewId: string;
  readonly number: number;
  readonly status: 'open' | 'published';
  readonly runId: string;
  readonly openedAt: string;
  readonly publishedAt: string | null;
  /** Documents and chunks visible at this epoch; `null` while it is open. */
  readonly documents: number | null;
  readonly chunks: number | null;
};

export type Span = { readonly from: number; readonly to: number };

/** Whether a reader at `epoch` sees a point. */
export const isVisible = (span: Span, epoch: number): boolean =>
  span.from <= epoch && epoch < span.to;

/** `posts@v1#42`. */
export const epochId = (viewId: string, epoch: number): string => `${viewId}#${epoch}`;

/** Parses `posts@v1#42`; `#42` and `42` leave the view open. Throws `invalid_input`. */
export function parseEpochId(text: string): { viewId: string | null; epoch: number } {
  const match = /^(?:([a-z0-9][a-z0-9-]*@v[1-9]\d*)?#)?([1-9]\d*)$/.exec(text);
  const epoch = Number(match?.[2]);
  if (match === null || epoch >= EPOCH_OPEN_END) {
    throw new AppError('invalid_input', `"${text}" is no epoch; write it like posts@v1#42 or 42.`, {
      param: 'epoch',
    });
  }
  return { viewId: match[1] ?? null, epoch };
}

/** What one document contributes to the open epoch. */
export type MembershipChange<Key> = {
  /** Keys to add as new points, born in the open epoch. */
  readonly added: readonly Key[];
  /** Ids closed earlier in this same open epoch that live again. */
  readonly reopened: readonly string[];
  /** Ids that cease at the open epoch. */
  readonly closed: readonly string[];
  /** Ids left as they were. */
  readonly kept: readonly string[];
};

export type Member = Span & { readonly id: string; readonly key: string };

/**
 * The commit of one document to the open epoch: what must be added, closed and reopened so that
 * exactly `desired` lives at `open`, whatever an interrupted run left behind. `members` are the
 * document's rows with `to > open − 1`. Applying the change twice changes nothing the second time.
 */
export function diffMembership(
  members: readonly Member[],
  desired: ReadonlySet<string>,
  open: number,
): MembershipChange<string> {
  const current = new Map<string, Member>();
  for (const member of members) {
    const other = current.get(member.key);
    // A key may have a row closed in this epoch and a live one; the live one counts.
    if (other === undefined || member.to > other.to) current.set(member.key, member);
  }
  const added: string[] = [];
  const reopened: string[] = [];
  const kept: string[] = [];
  for (const key of desired) {
    const member = current.get(key);
    if (member === undefined) added.push(key);
    else if (member.to === EPOCH_OPEN_END) kept.push(member.id);
    else reopened.push(member.id);
  }
  const closed = members
    .filter((member) => member.to === EPOCH_OPEN_END && !desired.has(member.key))
    .map((member) => member.id);
  if (members.some((member) => member.to <= open - 1 || member.from > open)) {
    throw new RangeError(`a member outside epochs ${open - 1} and ${open} was given`);
  }
  return { added, reopened, closed, kept };
}
