import { DATASET_KINDS, type DatasetKind, SPLITS } from '#domain/dataset.ts';
import { AppError } from '#domain/errors.ts';
import { CURATION_DEFAULTS, type CurationLimits } from '../curate/curate.ts';
import { ROWS_MIN, type RowsMin } from '../gate/gate-input.ts';
import { requireBareName } from '../model.ts';

/** What a build may set otherwise than by default. */
export type BuildLimits = Partial<CurationLimits> & { readonly rowsMin?: Partial<RowsMin> };

export type ResolvedLimits = CurationLimits & { readonly rowsMin: RowsMin };

/** The limits with their defaults. Throws `invalid_input` naming what cannot be built. */
export function validateBuild(request: {
  readonly kind: DatasetKind;
  readonly name: string;
  readonly seed: number;
  readonly limits?: BuildLimits;
}): ResolvedLimits {
  const { kind, name, seed } = request;
  if (!DATASET_KINDS.includes(kind)) {
    refuse(`there is no dataset kind ${kind}; known are ${DATASET_KINDS.join(', ')}.`, 'kind');
  }
  requireBareName(name, 'dataset');
  if (!Number.isSafeInteger(seed)) refuse(`seed must be a whole number, not ${seed}.`, 'seed');
  const limits = {
    ...CURATION_DEFAULTS,
    ...request.limits,
    rowsMin: { ...ROWS_MIN, ...request.limits?.rowsMin },
  };
  for (const split of SPLITS) {
    if (limits.rowsMin[split] >= 1) continue;
    refuse(`rowsMin.${split} must be at least 1: an empty split measures nothing.`, 'limits');
  }
  for (const side of ['input', 'output'] as const) {
    const min = limits[`${side}CharactersMin`];
    const max = limits[`${side}CharactersMax`];
    if (min >= 1 && min <= max) continue;
    refuse(`${side}Characters must have 1 <= min <= max, not ${min} and ${max}.`, 'limits');
  }
  return limits;
}

function refuse(message: string, param: string): never {
  throw new AppError('invalid_input', message, { param });
}
