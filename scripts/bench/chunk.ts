import { globSync, readFileSync } from 'node:fs';
import { MarkdownTextSplitter, RecursiveCharacterTextSplitter } from '@langchain/textsplitters';
import { loadStaticEmbedder } from '#adapters/static-embedder/static-embedder.ts';
import { rootPrefix } from '#features/chunk/block-parts.ts';
import { chunkMarkdown } from '#features/chunk/chunk.ts';
import { scanBlocks } from '#features/chunk/scan-blocks.ts';

/**
 * `node scripts/bench/chunk.ts`: speed, cut fences and headings left behind, of our chunker and of
 * LangChain's splitters, on the sample posts and on the READMEs of node_modules (half URLs and
 * code). All chunk to about the same size; the runs are interleaved, and the median of this
 * process's own CPU time is shown. A fence longer than a chunk has to be cut; one that fits never.
 */
const TOKENS_MAX = 256;
const ROUNDS = 7;

const { countTokens } = await loadStaticEmbedder('models/lockstep-static-en-v1');
const spec = { name: 'markdown', version: 1, tokensMax: TOKENS_MAX } as const;
const characters = { chunkSize: TOKENS_MAX * 4, chunkOverlap: 0 };
const tokens = { chunkSize: TOKENS_MAX, chunkOverlap: 0, lengthFunction: countTokens };

type Splitter = (text: string) => Promise<readonly string[]> | readonly string[];
const recursive = new RecursiveCharacterTextSplitter(characters);
const markdown = new MarkdownTextSplitter(characters);
const byTokens = new RecursiveCharacterTextSplitter(tokens);
const splitters: Readonly<Record<string, Splitter>> = {
  'lockstep (tokens)': (text) => chunkMarkdown(text, { spec, countTokens }).map((c) => c.text),
  'langchain recursive (characters)': (text) => recursive.splitText(text),
  'langchain markdown (characters)': (text) => markdown.splitText(text),
  'langchain recursive (tokens)': (text) => byTokens.splitText(text),
};

const FENCE = /^ {0,3}(?:```|~~~)/;
const HEADING = /^ {0,3}#{1,6}\s/;

/** Whether a fence opens in the chunk and does not close, or the other way round. */
const cutsFence = (chunk: string): boolean =>
  chunk.split('\n').filter((line) => FENCE.test(line)).length % 2 === 1;

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
  !cutsFence(chunk) &&
  HEADING.test(chunk.trimEnd().split('\n').at(-1) ?? '');

const share = (chunks: readonly string[], test: (chunk: string) => boolean): number =>
  chunks.filter(test).length / chunks.length;
const percent = (value: number): string => `${(100 * value).toFixed(2)}%`;
const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

async function measure(name: string, files: readonly string[]): Promise<void> {
  const texts = files.map((file) => readFileSync(file, 'utf8'));
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
  process.stdout.write(
    `\n${name}: ${files.length} files, ${(bytes / 1e6).toFixed(2)} MB, ${TOKENS_MAX} tokens a chunk\n` +
      '  MB/s  chunks  cut fence  lost fence  heading last  over limit\n',
  );
  for (const [splitter, chunks] of outcomes) {
    const row = [
      (bytes / median(times.get(splitter) ?? [])).toFixed(1).padStart(6),
      String(chunks.length).padStart(7),
      percent(share(chunks, cutsFence)).padStart(10),
      percent(lostFences(texts, chunks)).padStart(11),
      percent(share(chunks, endsWithHeading)).padStart(13),
      percent(share(chunks, (chunk) => countTokens(chunk) > TOKENS_MAX)).padStart(11),
    ];
    process.stdout.write(`${row.join(' ')}  ${splitter}\n`);
  }
}

await measure('sample posts', globSync('datasets/sample/posts/**/*.md'));
await measure('READMEs', globSync('node_modules/{*,@*/*}/README.md'));
