import { createHash } from 'node:crypto';
import { createReadStream, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '#domain/errors.ts';

export type Weights = {
  /** SHA-256 over the model's file and those of its external tensors, in hex. */
  readonly hash: string;
  /**
   * Whether activations are quantised as they come, one scale for a whole batch: a text's vector then
   * depends on what else is in its batch.
   */
  readonly quantisesBatches: boolean;
};

/** The operators that do so: `DynamicQuantizeLinear`, `DynamicQuantizeMatMul`, `DynamicQuantizeLSTM`. */
const DYNAMIC = Buffer.from('DynamicQuantize');

/** Reads a model's weights through, once. Rejects with `not_found` when they cannot be read. */
export async function readWeights(folder: string, name: string): Promise<Weights> {
  const hash = createHash('sha256');
  let quantisesBatches = false;
  try {
    const parts = readdirSync(folder).filter((file) => file.startsWith(`${name}_data`));
    for (const file of [name, ...parts.sort()]) {
      let end: Uint8Array = new Uint8Array();
      for await (const chunk of createReadStream(join(folder, file), { highWaterMark: 1 << 20 })) {
        const bytes: Buffer = chunk;
        hash.update(bytes);
        const seam = Buffer.concat([end, bytes.subarray(0, DYNAMIC.length)]);
        quantisesBatches ||= bytes.includes(DYNAMIC) || seam.includes(DYNAMIC);
        end = bytes.subarray(-DYNAMIC.length);
      }
    }
  } catch (cause) {
    throw new AppError('not_found', `the weights ${join(folder, name)} cannot be read.`, { cause });
  }
  return { hash: hash.digest('hex'), quantisesBatches };
}
