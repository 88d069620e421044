import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Tokenizer } from '@huggingface/tokenizers';
import { env, LogLevel, pipeline } from '@xenova/transformers';
import { loadTransformersEmbedder } from '../../../src/adapters/transformers/transformers-embedder.ts';
import { bertTokenizer, writeBertFolder } from '../../onnx/bert-folder.ts';
import { openIdeal } from './ideal.ts';
import { copiesOf, piecesOf, whole } from './texts.ts';

const CHUNKS = 96;
const ROUNDS = 6;
const THREADS = 2;
/** Lengths as a chunker leaves them: most near the most, some short. */
const tokensOf = (at: number): number => [120, 150, 110, 40, 160, 130, 80, 140][at % 8] ?? 0;

/** The shape of all-MiniLM-L6: weights are random, which costs a processor as much. */
const MINILM = { layers: 6, width: 384, heads: 12, inner: 1_536, positions: 512, seed: 7 };

/**
 * Chunks a second by the transformers embedder, beside onnxruntime fed as well as can be (in one
 * session with its own threads, and in as many sessions as we have threads) and beside the library's
 * own pipeline, in the same run. The best of the rounds counts: what else the machine does comes and
 * goes. Processor time is shown too, since it is less moved by that.
 */
export async function benchTransformers(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-bench-'));
  try {
    const lines: string[] = [];
    for (const dtype of ['fp32', 'q8'] as const) lines.push(...(await benchDtype(folder, dtype)));
    return `${lines.join('\n')}\n`;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function benchDtype(folder: string, dtype: 'fp32' | 'q8'): Promise<readonly string[]> {
  const { signal } = new AbortController();
  const vocabulary = vocabularyOfShipped();
  writeBertFolder(folder, { ...MINILM, strength: 1, dtype, vocabulary });
  const tokenizer = new Tokenizer(bertTokenizer(vocabulary), {});
  const encode = (text: string) => Int32Array.from(tokenizer.encode(text).ids);
  const chunks = piecesOf(CHUNKS, tokensOf, (text) => encode(text).length - 2);
  const ids = chunks.map(encode);
  const file = join(folder, 'onnx', dtype === 'q8' ? 'model_quantized.onnx' : 'model.onnx');
  const embedder = await loadTransformersEmbedder({
    model: folder,
    dtype,
    cacheFolder: folder,
    threads: THREADS,
  });
  const ideal = { file, ids, paddedTokensMax: 1_024 };
  const oneSession = await openIdeal({ ...ideal, sessions: 1, threads: 0 });
  const sessions = await openIdeal({ ...ideal, sessions: THREADS, threads: 1 });
  env.logLevel = LogLevel.NONE;
  const theirs = await pipeline('feature-extraction', folder, { dtype, local_files_only: true });
  const contestants: Readonly<Record<string, () => Promise<unknown>>> = {
    lockstep: () => embedder.embed(copiesOf(chunks), 'document', signal),
    'onnxruntime, ideal, 1 session': oneSession.run,
    [`onnxruntime, ideal, ${THREADS} sessions`]: sessions.run,
    'transformers.js pipeline': async () => {
      for (let at = 0; at < chunks.length; at += 10) {
        const options = { pooling: 'mean', normalize: true } as const;
        await theirs(copiesOf(chunks.slice(at, at + 10)) as string[], options);
      }
    },
  };
  const best = await race(contestants);
  await Promise.all([embedder.close(), oneSession.close(), sessions.close(), theirs.dispose()]);
  const tokens = ids.reduce((sum, { length }) => sum + length, 0);
  return [
    `transformers, MiniLM shape, ${dtype}: ${chunks.length} chunks of ` +
      `${(tokens / chunks.length).toFixed(0)} tokens, ${THREADS} threads, best of ${ROUNDS} rounds`,
    ...table(best, chunks.length),
  ];
}

type Best = { wallMs: number; cpuMs: number };

async function race(
  contestants: Readonly<Record<string, () => Promise<unknown>>>,
): Promise<ReadonlyMap<string, Best>> {
  const best = new Map<string, Best>();
  for (let round = -1; round < ROUNDS; round++) {
    for (const [name, run] of Object.entries(contestants)) {
      const cpu = process.cpuUsage();
      const begun = performance.now();
      await run();
      const wallMs = performance.now() - begun;
      const { user, system } = process.cpuUsage(cpu);
      if (round < 0) continue; // the first warms up: threads start, and caches fill
      const known = best.get(name) ?? {
        wallMs: Number.POSITIVE_INFINITY,
        cpuMs: Number.POSITIVE_INFINITY,
      };
      best.set(name, {
        wallMs: Math.min(known.wallMs, wallMs),
        cpuMs: Math.min(known.cpuMs, (user + system) / 1_000),
      });
    }
  }
  return best;
}

function table(best: ReadonlyMap<string, Best>, chunks: number): readonly string[] {
  const ideals = [...best].filter(([name]) => name.startsWith('onnxruntime'));
  const idealMs = Math.min(...ideals.map(([, { wallMs }]) => wallMs));
  return [...best].map(([name, { wallMs, cpuMs }]) => {
    const share = ((100 * idealMs) / wallMs).toFixed(0);
    const rate = (ms: number) => whole(chunks / (ms / 1_000)).padStart(5);
    return `  ${name.padEnd(31)} ${rate(wallMs)} chunks/s = ${share.padStart(3)}% of the ideal; ${rate(cpuMs)} a second of processor time`;
  });
}

/** The shipped vocabulary, with the special tokens of a BERT. */
function vocabularyOfShipped(): Readonly<Record<string, number>> {
  const json = JSON.parse(readFileSync('models/lockstep-static-en-v1/tokenizer.json', 'utf8'));
  const vocabulary: Record<string, number> = { ...json.model.vocab };
  for (const token of ['[CLS]', '[SEP]', '[MASK]']) {
    vocabulary[token] ??= Object.keys(vocabulary).length;
  }
  return vocabulary;
}
