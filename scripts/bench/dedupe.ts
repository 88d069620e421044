import { existsSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { jaccard, shinglesOf } from '#domain/minhash.ts';
import { estimateSimilarity, signatureOf } from '#features/dedupe/minhash.ts';
import {
  findNearDuplicates,
  SIMILARITY_MIN,
  type Signed,
} from '#features/dedupe/near-duplicates.ts';
import { createWriter } from '../../test/features/dedupe/texts.ts';

/**
 * `node scripts/bench/dedupe.ts [--documents 100000]`: how well near-duplicates are found, against
 * exact Jaccard similarity of word 5-shingles, and what it costs. Texts are generated, and those of
 * `../shared/data/retrieval` when that is there; copies have words replaced one by one, or a block
 * put in, at rates that spread similarities from .5 to 1. The peer of the costs compares all pairs
 * of the same signatures. Times are processor time.
 */
const { values } = parseArgs({ options: { documents: { type: 'string', default: '100000' } } });
const say = (line: string) => process.stdout.write(`${line}\n`);
const cells = (columns: readonly (string | number)[]) =>
  say(
    columns
      .map((column, at) => String(column)[at === 0 ? 'padEnd' : 'padStart'](at === 0 ? 26 : 13))
      .join(''),
  );

const processorMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
};

const writer = createWriter(20_261_124);

type Pair = { readonly exact: number; readonly estimate: number; readonly isFound: boolean };

/** Pairs of a text and a changed copy; each pair is judged by itself. */
function pairsOf(originals: readonly (readonly string[])[], copies: number): readonly Pair[] {
  const pairs: Pair[] = [];
  for (const original of originals) {
    for (let copy = 0; copy < copies; copy += 1) {
      const changed =
        copy % 2 === 0
          ? writer.reword(original, 0.08 * writer.random() ** 2)
          : writer.add(original, 0.6 * writer.random() ** 2);
      const [a, b] = [original.join(' '), changed.join(' ')];
      const [left, right] = [signatureOf(a), signatureOf(b)];
      if (left === null || right === null) continue;
      const entries = [
        { id: 'a', url: 'https://a.example/', signature: left },
        { id: 'b', url: 'https://a.example/b', signature: right },
      ];
      pairs.push({
        exact: jaccard(shinglesOf(a), shinglesOf(b)),
        estimate: estimateSimilarity(left, right),
        isFound: findNearDuplicates(entries).length > 0,
      });
    }
  }
  return pairs;
}

function showQuality(name: string, pairs: readonly Pair[]): void {
  const share = (of: readonly Pair[], among: readonly Pair[]) =>
    among.length === 0 ? '–' : (of.length / among.length).toFixed(4);
  const found = pairs.filter(({ isFound }) => isFound);
  const from = (list: readonly Pair[], least: number) => list.filter(({ exact }) => exact >= least);
  const errors = pairs.map(({ exact, estimate }) => estimate - exact);
  const deviation = Math.sqrt(errors.reduce((sum, error) => sum + error ** 2, 0) / errors.length);
  cells([
    name,
    pairs.length,
    ...[0.85, 0.88, 0.9, 0.95].map((least) => share(from(found, least), from(pairs, least))),
    ...[0.85, 0.82, 0.8].map((least) => share(from(found, least), found)),
    deviation.toFixed(4),
  ]);
}

function corpusTexts(): readonly (readonly string[])[] {
  const folder = '../shared/data/retrieval';
  if (!existsSync(folder)) {
    say(`(${folder} is not there: generated texts only)`);
    return [];
  }
  return ['cranfield', 'cacm'].flatMap((name) =>
    readFileSync(`${folder}/${name}/corpus.jsonl`, 'utf8')
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { readonly text: string }).text.split(/\s+/))
      .filter((words) => words.length >= 60),
  );
}

say(`near-duplicates from a similarity of ${SIMILARITY_MIN} on\n`);
cells([
  'pairs of a text and a copy',
  'pairs',
  ...['≥.85', '≥.88', '≥.9', '≥.95'].map((least) => `recall ${least}`),
  ...['≥.85', '≥.82', '≥.8'].map((least) => `found ${least}`),
  'deviation',
]);
const generated = Array.from({ length: 400 }, () =>
  writer.words(100 + Math.floor(900 * writer.random())),
);
showQuality('generated', pairsOf(generated, 20));
const corpus = corpusTexts();
if (corpus.length > 0) showQuality('cranfield and cacm', pairsOf(corpus, 4));

say('\nchance to be compared, by similarity, when 32 bands of 8 hashes are looked up');
const similarities = [0.3, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9];
cells(['1 − (1 − s⁸)³²', ...similarities.map((s) => (1 - (1 - s ** 8) ** 32).toFixed(5))]);
cells(['similarity', ...similarities]);

const entryOf = (at: number, signature: Uint8Array | null): Signed => ({
  id: `${at}`,
  url: `https://a.example/${at}`,
  signature,
});
/** One in five is a copy of one before, a tenth of the words of all are their site's. */
function collection(size: number): readonly Signed[] {
  const chrome = Array.from({ length: 20 }, () => writer.words(30));
  const texts: (readonly string[])[] = [];
  return Array.from({ length: size }, (_, at) => {
    const source = texts[Math.floor(writer.random() * texts.length)];
    const text =
      source !== undefined && writer.random() < 0.2
        ? writer.reword(source, 0.03 * writer.random())
        : [...(chrome[at % 20] ?? []), ...writer.words(270)];
    if (texts.length < 5_000) texts.push(text);
    return entryOf(at, signatureOf(text.join(' ')));
  });
}

/** The peer: every document with every one that is kept. */
function allPairs(entries: readonly Signed[]): number {
  const kept: Uint8Array[] = [];
  let duplicates = 0;
  for (const { signature } of entries) {
    if (signature === null) continue;
    if (kept.some((other) => estimateSimilarity(other, signature) >= SIMILARITY_MIN))
      duplicates += 1;
    else kept.push(signature);
  }
  return duplicates;
}

const sample = signatureOf(writer.words(300).join(' ')) ?? new Uint8Array();

/** Documents that share half of their hashes with all others, and are like none. */
const sharing = (size: number): readonly Signed[] =>
  Array.from({ length: size }, (_, at) =>
    entryOf(
      at,
      sample.map((byte, place) => (place < 256 ? byte : Math.floor(writer.random() * 256))),
    ),
  );
const same = (size: number): readonly Signed[] =>
  Array.from({ length: size }, (_, at) => entryOf(at, sample));

function measure(
  name: string,
  entries: readonly Signed[],
  find: (entries: readonly Signed[]) => number,
): void {
  globalThis.gc?.();
  const before = process.memoryUsage().arrayBuffers;
  const start = processorMs();
  const duplicates = find(entries);
  const took = processorMs() - start;
  const grown = (process.memoryUsage().arrayBuffers - before) / entries.length;
  cells([
    name,
    entries.length,
    duplicates,
    took.toFixed(0),
    ((1_000 * took) / entries.length).toFixed(1),
    grown > 0 ? grown.toFixed(0) : '–',
  ]);
}

say('');
cells(['documents', 'count', 'duplicates', 'ms', 'µs each', 'bytes each']);
const ours = (entries: readonly Signed[]) => findNearDuplicates(entries).length;
for (let size = 1_000; size <= Number(values.documents); size *= 10) {
  const start = processorMs();
  const entries = collection(size);
  cells([
    'signatures and texts',
    size,
    '',
    (processorMs() - start).toFixed(0),
    ((1_000 * (processorMs() - start)) / size).toFixed(1),
  ]);
  if (size === 1_000) measure('peer: all pairs', entries, allPairs);
  measure('bands', entries, ours);
  measure('bands, all the same', same(size), ours);
  measure('bands, half in common', sharing(size), ours);
}
