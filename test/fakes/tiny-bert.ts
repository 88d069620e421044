import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vocabularyOf, writeBertFolder } from '../../scripts/onnx/bert-folder.ts';

const WORDS =
  'how do i roll back the search index restoring an earlier version of retrieval recipe wants two ' +
  'eggs and butter chunk chunks vectors text short is to with';

export type TinyBert = {
  readonly dtype?: 'fp32' | 'q8';
  readonly layers?: number;
  readonly positions?: number;
  readonly seed?: number;
};

/**
 * The folder of a BERT that is small and random, but whose layers change little: a text's vector is
 * about the sum of its words', so that texts that share words are near.
 */
export function tinyBertFolder(options: TinyBert = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-bert-'));
  writeBertFolder(folder, {
    layers: 2,
    width: 32,
    heads: 4,
    inner: 64,
    positions: 64,
    seed: 5,
    strength: 0.2,
    dtype: 'fp32',
    ...options,
    vocabulary: vocabularyOf(WORDS.split(' ')),
  });
  return folder;
}
