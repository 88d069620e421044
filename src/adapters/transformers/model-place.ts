import { existsSync, statSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { AppError } from '#domain/errors.ts';

/** Precision of the weights, as the hub's ONNX files are named. */
const DTYPE_SUFFIXES = {
  fp32: '',
  fp16: '_fp16',
  q8: '_quantized',
  int8: '_int8',
  uint8: '_uint8',
  q4: '_q4',
  q4f16: '_q4f16',
  bnb4: '_bnb4',
} as const;

export type Dtype = keyof typeof DTYPE_SUFFIXES;

export type ModelPlace =
  | { readonly kind: 'folder'; readonly folder: string; readonly subfolder: 'onnx' | '' }
  | { readonly kind: 'hub'; readonly id: string; readonly revision: string };

const HUB_ID = /^[\w.-]+\/[\w.-]+$/;

export const weightsName = (dtype: Dtype): string => `model${DTYPE_SUFFIXES[dtype]}.onnx`;

/**
 * A folder that exists, or a hub id (`owner/name`). Throws `not_found` for a path that leads nowhere
 * and for a folder without the weights asked for, and `invalid_input` for what is neither.
 */
export function placeOf(model: string, revision: string, dtype: Dtype): ModelPlace {
  const folder = resolve(model);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    const name = weightsName(dtype);
    const subfolder = (['onnx', ''] as const).find((sub) => existsSync(join(folder, sub, name)));
    if (subfolder === undefined) throw withoutWeights(folder, name, dtype);
    return { kind: 'folder', folder, subfolder };
  }
  if (isAbsolute(model) || model.startsWith('.')) {
    throw new AppError('not_found', `${model} is no folder; give one that holds an ONNX model.`);
  }
  if (!HUB_ID.test(model)) {
    throw new AppError(
      'invalid_input',
      `"${model}" is neither a folder nor a hub id; write it like Xenova/all-MiniLM-L6-v2.`,
    );
  }
  return { kind: 'hub', id: model, revision };
}

/** Where the files of a place are, once they are on this machine. */
export function folderOf(place: ModelPlace, cacheFolder: string): string {
  if (place.kind === 'folder') return place.folder;
  const { id, revision } = place;
  return join(cacheFolder, id, ...(revision === 'main' ? [] : [revision]));
}

const withoutWeights = (folder: string, name: string, dtype: Dtype): AppError => {
  const others = Object.keys(DTYPE_SUFFIXES).filter((other) =>
    ['onnx', ''].some((sub) => existsSync(join(folder, sub, weightsName(other as Dtype)))),
  );
  const remedy =
    others.length === 0 ? 'export the model to ONNX' : `it has ${others.join(' and ')}; choose one`;
  return new AppError('not_found', `${folder} holds no onnx/${name} (dtype ${dtype}): ${remedy}.`);
};
