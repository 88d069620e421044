import { AppError } from './errors.ts';

/**
 * Which posts a question may be answered from. A post must meet every field that is given; an
 * absent field does not filter.
 */
export type QuestionFilter = {
  /** All of these, as the post has them. */
  readonly tags?: readonly string[];
  /** Any of these: BCP 47 primary tags. */
  readonly languages?: readonly string[];
  /** Any of these: names of sources. */
  readonly sources?: readonly string[];
  /**
   * Published at this instant or later: ISO 8601, UTC where no zone is given; a bare date begins at
   * its midnight. A post without a date of publication meets no such filter.
   */
  readonly since?: string;
  /** Published at this instant or earlier; a bare date counts to its end. */
  readonly until?: string;
};

const LISTS = ['tags', 'languages', 'sources'] as const;
const INSTANTS = ['since', 'until'] as const;
const FIELDS: readonly string[] = [...LISTS, ...INSTANTS];

/** Values of one field. */
export const FILTER_VALUES_MAX = 32;
/** Characters of one value. */
export const FILTER_VALUE_LENGTH_MAX = 200;

const PRIMARY_TAG = /^([a-z]{2,3})(?:-[a-z0-9]{1,8})*$/i;

/**
 * The one form of all filters that mean the same: lists sorted and without repetitions, languages by
 * their primary tags, in lower case. `null` when nothing is filtered. Throws `invalid_input` naming
 * the field that is unknown, empty, blank or too long; dates are for the index to read.
 */
export function canonicalFilter(filter: QuestionFilter): QuestionFilter | null {
  const unknown = Object.keys(filter).find((name) => !FIELDS.includes(name));
  if (unknown !== undefined) {
    refuse(unknown, `is no field of a filter; known are ${FIELDS.join(', ')}.`);
  }
  const fields = [
    ...LISTS.map((name) => [name, canonicalList(name, filter[name])] as const),
    ...INSTANTS.map((name) => [name, filter[name]?.trim()] as const),
  ].filter(([, value]) => value !== undefined);
  return fields.length === 0 ? null : Object.fromEntries(fields);
}

function canonicalList(
  name: (typeof LISTS)[number],
  values: readonly string[] | undefined,
): readonly string[] | undefined {
  if (values === undefined) return undefined;
  if (values.length === 0) refuse(name, 'is empty; give a value, or leave it out.');
  if (values.length > FILTER_VALUES_MAX) {
    refuse(name, `has ${values.length} values; give at most ${FILTER_VALUES_MAX}.`);
  }
  return [...new Set(values.map((value) => canonicalValue(name, value.trim())))].sort();
}

function canonicalValue(name: (typeof LISTS)[number], value: string): string {
  if (value === '') refuse(name, 'holds a blank value; leave it out.');
  if (value.length > FILTER_VALUE_LENGTH_MAX) {
    refuse(name, `holds a value of more than ${FILTER_VALUE_LENGTH_MAX} characters.`);
  }
  if (name !== 'languages') return value;
  const tag = PRIMARY_TAG.exec(value)?.[1]?.toLowerCase();
  return tag ?? refuse(name, `holds "${value}", no language tag; write it like en or fr.`);
}

function refuse(name: string, what: string): never {
  throw new AppError('invalid_input', `filter.${name} ${what}`, { param: `filter.${name}` });
}
