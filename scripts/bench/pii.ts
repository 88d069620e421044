import { readdirSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { findPii } from '#features/clean/pii/find-pii.ts';

/**
 * `node scripts/bench/pii.ts [--folder F] [--missed]`: personal details in texts whose details are
 * marked (every JSON file of the folder, in the form of presidio-research), ours beside a set of
 * plain regular expressions. Per kind: precision, recall and F1 of spans that overlap a marked one,
 * and the share of those found whose offsets are the marked ones. Then the rate over all texts and
 * over one long one, by processor time. `--missed` names each span that was missed, or that is
 * marked as nothing of its kind.
 */
const { values } = parseArgs({
  options: {
    folder: { type: 'string', default: '../shared/data/pii' },
    missed: { type: 'boolean', default: false },
  },
});

type Span = { readonly kind: string; readonly start: number; readonly end: number };
type Sample = { readonly text: string; readonly marked: readonly Span[] };
type Finder = (text: string) => readonly Span[];

/** The types of presidio-research that are claimed. */
const KINDS: Readonly<Record<string, string>> = {
  EMAIL_ADDRESS: 'email',
  PHONE_NUMBER: 'phone',
  IBAN_CODE: 'iban',
  CREDIT_CARD: 'card',
  IP_ADDRESS: 'ip',
};

type Row = {
  readonly full_text: string;
  readonly spans: readonly {
    readonly entity_type: string;
    readonly start_position: number;
    readonly end_position: number;
  }[];
};

const rows = readdirSync(values.folder)
  .filter((name) => name.endsWith('.json'))
  .flatMap((name) => JSON.parse(readFileSync(`${values.folder}/${name}`, 'utf8')) as Row[]);
const samples: readonly Sample[] = rows.map(({ full_text: text, spans }) => ({
  text,
  marked: spans.map((span) => ({
    kind: KINDS[span.entity_type] ?? span.entity_type,
    // Marked in code points.
    start: utf16Offset(text, span.start_position),
    end: utf16Offset(text, span.end_position),
  })),
}));

function utf16Offset(text: string, codePoints: number): number {
  let at = 0;
  for (let left = codePoints; left > 0 && at < text.length; left -= 1) {
    at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
  }
  return at;
}

/** What is written in five minutes. */
const PLAIN: Readonly<Record<string, RegExp>> = {
  email: /[\w.+-]+@[\w-]+\.[\w.-]+/g,
  phone: /\+?\d[\d\s().-]{6,}\d/g,
  iban: /\b[A-Z]{2}\d{2}[A-Z0-9]{11,30}\b/g,
  card: /\b(?:\d[ -]?){13,19}\b/g,
  ip: /\b\d{1,3}(?:\.\d{1,3}){3}\b/g,
};
const plain: Finder = (text) =>
  Object.entries(PLAIN).flatMap(([kind, expression]) =>
    Array.from(text.matchAll(expression), ({ index, 0: found }) => ({
      kind,
      start: index,
      end: index + found.length,
    })),
  );

const overlaps = (a: Span, b: Span) => a.kind === b.kind && a.start < b.end && b.start < a.end;
const isExact = (a: Span, b: Span) => overlaps(a, b) && a.start === b.start && a.end === b.end;

type Score = { marked: number; found: number; right: number; hit: number; exact: number };

function score(finder: Finder, name: string): ReadonlyMap<string, Score> {
  const scores = new Map<string, Score>();
  for (const kind of Object.values(KINDS)) {
    scores.set(kind, { marked: 0, found: 0, right: 0, hit: 0, exact: 0 });
  }
  for (const { text, marked } of samples) {
    const found = finder(text);
    const tell = (what: string, { kind, start, end }: Span) => {
      if (!values.missed) return;
      const around = `${text.slice(Math.max(0, start - 30), start)}[${text.slice(start, end)}]`;
      line([name, what, kind, JSON.stringify(around + text.slice(end, end + 15))]);
    };
    for (const span of marked) {
      const own = scores.get(span.kind);
      if (own === undefined) continue;
      own.marked += 1;
      if (found.some((one) => overlaps(one, span))) own.hit += 1;
      else tell('missed', span);
      if (found.some((one) => isExact(one, span))) own.exact += 1;
    }
    for (const span of found) {
      const own = scores.get(span.kind);
      if (own === undefined) continue;
      own.found += 1;
      if (marked.some((one) => overlaps(one, span))) own.right += 1;
      else tell('not marked', span);
    }
  }
  return scores;
}

const line = (cells: readonly string[]) =>
  process.stdout.write(`${cells.map((cell) => cell.padEnd(18)).join('')}\n`);
const ratio = (part: number, whole: number) => (whole === 0 ? 1 : part / whole);

function report(name: string, scores: ReadonlyMap<string, Score>): void {
  const total = { marked: 0, found: 0, right: 0, hit: 0, exact: 0 };
  for (const own of scores.values()) {
    for (const key of ['marked', 'found', 'right', 'hit', 'exact'] as const) total[key] += own[key];
  }
  for (const [kind, own] of [...scores, ['all', total] as const]) {
    const [precision, recall] = [ratio(own.right, own.found), ratio(own.hit, own.marked)];
    const f1 = precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall);
    const figures = [precision, recall, f1, ratio(own.exact, own.hit)].map((one) => one.toFixed(3));
    line([name, kind, String(own.marked), ...figures]);
  }
}

/** Processor time so far: on a machine that does other things as well, a clock says nothing. */
const processorMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
};

function rateOf(texts: readonly string[], rounds: number): string {
  const length = texts.reduce((sum, text) => sum + text.length, 0) * rounds;
  const start = processorMs();
  for (let round = 0; round < rounds; round += 1) for (const text of texts) findPii(text);
  return `${(length / 1_000 / (processorMs() - start)).toFixed(1)} MB/s`;
}

line(['finder', 'kind', 'marked', 'precision', 'recall', 'F1', 'exact']);
report('lockstep', score(findPii, 'lockstep'));
report('plain regexes', score(plain, 'plain regexes'));

const texts = samples.map(({ text }) => text);
const long = texts.join('\n\n').repeat(60).slice(0, 10_000_000);
rateOf(texts, 1);
line(['rate', 'texts one by one', rateOf(texts, 5), 'one of 10 MB', rateOf([long], 1)]);
const unclaimed = new Set(samples.flatMap(({ marked }) => marked.map(({ kind }) => kind)));
for (const kind of Object.values(KINDS)) unclaimed.delete(kind);
line(['not claimed', [...unclaimed].sort().join(', ')]);
