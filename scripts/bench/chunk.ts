import { globSync, readFileSync } from 'node:fs';
import { MarkdownTextSplitter, RecursiveCharacterTextSplitter } from '@langchain/textsplitters';
import { loadStaticEmbedder } from '#adapters/static-embedder/static-embedder.ts';
import { framedText } from '#domain/chunk.ts';
import { rootPrefix } from '#features/chunk/block-parts.ts';
import { CHUNKER, chunkMarkdown } from '#features/chunk/chunk.ts';
import { scanBlocks } from '#features/chunk/scan-blocks.ts';
import { hasBrokenFence } from './chunk/broken-fence.ts';
import { readExcerpts } from './chunk/excerpts.ts';
import { generatedPages } from './chunk/generated.ts';
import { scoreExcerpts } from './chunk/score-excerpts.ts';

/**
 * `node scripts/bench/chunk.ts`: our chunker beside LangChain's splitters. First speed, broken
 * fences and headings left behind, on the sample posts, on the READMEs of node_modules (half URLs
 * and code) and on generated pages; all chunk to about the same size, the runs are interleaved, and
 * the median of this process's own CPU time is shown, garbage collection included. Fences are
 * looked at in what an embedder and a model read: our text in its frame, a splitter's as it is. Then
 * how much of the excerpts that answer questions is retrieved (`chunk/excerpts.ts`).
 */
const TOKENS_MAX = 256;
const ROUNDS = 7;
const GENERATED_PAGES = 150;
const EXCERPTS = '../shared/data/retrieval/chunking-eval';
const EXCERPT_TOKENS = [200, 400];

const embedder = await loadStaticEmbedder('models/lockstep-static-en-v1');
const { countTokens } = embedder;
const spec = { ...CHUNKER, tokensMax: TOKENS_MAX };
const characters = { chunkSize: TOKENS_MAX * 4, chunkOverlap: 0 };
const tokens = { chunkSize: TOKENS_MAX, chunkOverlap: 0, lengthFunction: countTokens };

type Splitter = (text: string) => Promise<readonly string[]> | readonly string[];
const recursive = new RecursiveCharacterTextSplitter(characters);
const markdown = new MarkdownTextSplitter(characters);
const byTokens = new RecursiveCharacterTextSplitter(tokens);
const splitters: Readonly<Record<string, Splitter>> = {
  'lockstep (tokens)': (text) => chunkMarkdown(text, { spec, countTokens }).map(framedText),
  'langchain recursive (characters)': (text) => recursive.splitText(text),
  'langchain markdown (characters)': (text) => markdown.splitText(text),
  'langchain recursive (tokens)': (text) => byTokens.splitText(text),
};

const HEADING = /^ {0,3}#{1,6}\s/;

/** Share of the fences that would have fitted into a chunk, but are whole in none. */
function lostFences(texts: readonly string[], chunks: readonly string[]): number {
  const fences = texts.flatMap((text) =>
    scanBlocks(text, { from: 0, to: text.length, skipPrefix: rootPrefix })
      .filter(({ kind }) => kind === 'fence')
      .map(({ start, end }) => text.slice(start, end))
      .filter((fence) => countTokens(fence) <= TOKENS_MAX),
  );
  const all = chunks.join('\u0000');
  return fences.filter((fence) => !all.includes(fence)).length / fences.length;
}

/** Whether the chunk ends with a heading, outside of code. */
const endsWithHeading = (chunk: string): boolean =>
  chunk.includes('\n') &&
  !hasBrokenFence(chunk) &&
  HEADING.test(chunk.trimEnd().split('\n').at(-1) ?? '');

const share = (chunks: readonly string[], test: (chunk: string) => boolean): number =>
  chunks.filter(test).length / chunks.length;
const percent = (value: number): string => `${(100 * value).toFixed(2)}%`;
const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function measure(name: string, texts: readonly string[]): Promise<void> {
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  const times = new Map<string, number[]>();
  const outcomes = new Map<string, readonly string[]>();
  for (let round = 0; round < ROUNDS; round++) {
    for (const [splitter, split] of Object.entries(splitters)) {
      const chunks: string[] = [];
      const before = process.cpuUsage();
      for (const text of texts) chunks.push(...(await split(text)));
      const { user, system } = process.cpuUsage(before);
      times.set(splitter, [...(times.get(splitter) ?? []), user + system]);
      outcomes.set(splitter, chunks);
    }
  }
  const size = `${texts.length} texts, ${(bytes / 1e6).toFixed(2)} MB`;
  say(`\n${name}: ${size}, ${TOKENS_MAX} tokens a chunk`);
  say('  MB/s  chunks  broken fence  lost fence  heading last  over limit');
  for (const [splitter, chunks] of outcomes) {
    const row = [
      (bytes / median(times.get(splitter) ?? [])).toFixed(1).padStart(6),
      String(chunks.length).padStart(7),
      percent(share(chunks, hasBrokenFence)).padStart(13),
      percent(lostFences(texts, chunks)).padStart(11),
      percent(share(chunks, endsWithHeading)).padStart(13),
      percent(share(chunks, (chunk) => countTokens(chunk) > TOKENS_MAX)).padStart(11),
    ];
    say(`${row.join(' ')}  ${splitter}`);
  }
}

async function measureExcerpts(): Promise<void> {
  const set = readExcerpts(EXCERPTS);
  if (set === null) {
    say(`\n${EXCERPTS}: not there, skipped`);
    return;
  }
  say(
    `\n${EXCERPTS}: ${set.questions.length} questions, the 5 nearest chunks by ${embedder.spec.model}`,
  );
  say('  tokens  chunks  characters  recall  precision    IoU');
  for (const tokensMax of EXCERPT_TOKENS) {
    for (const found of await scoreExcerpts(set, embedder, tokensMax)) {
      const row = [
        String(tokensMax).padStart(8),
        String(found.chunks).padStart(7),
        found.characters.toFixed(0).padStart(11),
        found.recall.toFixed(4).padStart(7),
        found.precision.toFixed(4).padStart(10),
        found.iou.toFixed(4).padStart(6),
      ];
      say(`${row.join(' ')}  ${found.name}`);
    }
  }
}

const read = (pattern: string) => globSync(pattern).map((file) => readFileSync(file, 'utf8'));
await measure('sample posts', read('datasets/sample/posts/**/*.md'));
await measure('READMEs', read('node_modules/{*,@*/*}/README.md'));
await measure('generated pages', generatedPages(GENERATED_PAGES));
await measureExcerpts();
