import { PII_KINDS, type PiiKind } from '#domain/document.ts';
import { findCards } from './cards.ts';
import { findEmails } from './emails.ts';
import { fold } from './fold.ts';
import { findIbans } from './ibans.ts';
import { findIpAddresses } from './ip-addresses.ts';
import type { PiiSpan, Seen } from './kinds.ts';
import { type NumberRun, numberRuns } from './number-runs.ts';
import { findPhones } from './phones.ts';
import { codeRanges, createLookup, type Ranges, urlRanges } from './ranges.ts';
import { findSecrets } from './secrets.ts';

const FINDERS: Readonly<Record<PiiKind, (seen: Seen) => readonly PiiSpan[]>> = {
  secret: findSecrets,
  email: findEmails,
  iban: findIbans,
  card: findCards,
  ip: findIpAddresses,
  phone: findPhones,
};

/**
 * Personal details, keys and tokens of a text or Markdown, in order, without overlap. Time is
 * linear in the text's length whatever is in it. Never throws.
 */
export const findPii = (text: string): readonly PiiSpan[] => findPiiIn(text, codeRanges(text));

/** The same for a text whose code is known; `kinds` are those that are looked for. */
export function findPiiIn(
  text: string,
  code: Ranges,
  kinds: readonly PiiKind[] = PII_KINDS,
): readonly PiiSpan[] {
  const { text: folded, originOf } = fold(text);
  const inCode = createLookup(code);
  let runs: readonly NumberRun[] | null = null;
  const seen: Seen = {
    text: folded,
    isCode: (at) => inCode(originOf(at)),
    isUrl: createLookup(urlRanges(folded)),
    runs: () => {
      runs ??= numberRuns(folded);
      return runs;
    },
  };
  return joinOverlaps(kinds.flatMap((kind) => FINDERS[kind](seen))).map(({ kind, start, end }) => ({
    kind,
    start: originOf(start),
    end: originOf(end - 1) + 1,
  }));
}

/** What overlaps is one: nothing of the lesser kind may be left beside the other's mask. */
function joinOverlaps(spans: readonly PiiSpan[]): readonly PiiSpan[] {
  const joined: PiiSpan[] = [];
  for (const span of spans.toSorted((a, b) => a.start - b.start)) {
    const last = joined.at(-1);
    if (last === undefined || last.end <= span.start) {
      joined.push(span);
      continue;
    }
    const kind = PII_KINDS.find((one) => one === last.kind || one === span.kind) ?? last.kind;
    joined[joined.length - 1] = { kind, start: last.start, end: Math.max(last.end, span.end) };
  }
  return joined;
}
