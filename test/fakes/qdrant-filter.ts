/** Filters of Qdrant's REST interface, as its documentation describes them. */

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export type JsonObject = { readonly [key: string]: Json | undefined };

export type FilteredPoint = {
  readonly id: string;
  readonly payload: JsonObject;
  readonly vectors: ReadonlyMap<string, unknown>;
};

/** An answer that is an error, as the server words it. */
export class Refusal extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export const badRequest = (message: string): Refusal => new Refusal(400, message);

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

type Matches = (point: FilteredPoint) => boolean;

/**
 * Compiles a filter. A key without a payload index is refused, as a server in strict mode does: an
 * adapter that forgets an index fails here, not under load.
 */
export function filterOf(filter: unknown, indexed: ReadonlyMap<string, string>): Matches {
  if (filter === undefined || filter === null) return () => true;
  if (!isObject(filter)) throw badRequest('Format error in JSON body: expected a filter');
  const unknown = Object.keys(filter).filter((key) => !/^(must|must_not|should)$/.test(key));
  if (unknown.length > 0)
    throw badRequest(`Format error in JSON body: unknown field ${unknown[0]}`);
  const all = (key: string) => listOf(filter[key]).map((one) => conditionOf(one, indexed));
  const [must, not, should] = [all('must'), all('must_not'), all('should')];
  return (point) =>
    must.every((matches) => matches(point)) &&
    !not.some((matches) => matches(point)) &&
    (should.length === 0 || should.some((matches) => matches(point)));
}

const listOf = (value: Json | undefined): readonly Json[] =>
  value === undefined || value === null ? [] : Array.isArray(value) ? value : [value as Json];

function conditionOf(condition: Json, indexed: ReadonlyMap<string, string>): Matches {
  if (!isObject(condition)) throw badRequest('Format error in JSON body: expected a condition');
  const { key, match, range, has_id, has_vector } = condition;
  if (Array.isArray(has_id)) {
    const ids = new Set(has_id.map(idOf));
    return ({ id }) => ids.has(id);
  }
  if (typeof has_vector === 'string') return ({ vectors }) => vectors.has(has_vector);
  if (typeof key !== 'string') return filterOf(condition, indexed);
  const kind = indexed.get(key);
  if (kind === undefined)
    throw badRequest(`Bad request: Index required but not found for "${key}"`);
  if (isObject(match)) return matchOf(key, kind, match);
  if (isObject(range)) return rangeOf(key, kind, range);
  throw badRequest(`Format error in JSON body: data did not match any variant of Condition`);
}

function matchOf(key: string, kind: string, match: JsonObject): Matches {
  if (kind === 'integer') throw badRequest(`Bad request: "${key}" has no index for lookups`);
  const wanted = 'any' in match ? match.any : [match.value];
  if (!Array.isArray(wanted) || wanted.some((value) => typeof value !== 'string')) {
    throw badRequest('Format error in JSON body: data did not match any variant of Match');
  }
  return ({ payload }) => listOf(payload[key]).some((value) => wanted.includes(value));
}

const BOUNDS = ['lt', 'lte', 'gt', 'gte'];

function rangeOf(key: string, kind: string, range: JsonObject): Matches {
  if (kind !== 'integer') throw badRequest(`Bad request: "${key}" has no index for ranges`);
  for (const [bound, value] of Object.entries(range)) {
    if (BOUNDS.includes(bound) && typeof value === 'number') continue;
    throw badRequest('Format error in JSON body: data did not match any variant of RangeInterface');
  }
  const bound = (name: string, absent: number) => (range[name] as number | undefined) ?? absent;
  const [above, below] = [bound('gt', -Infinity), bound('lt', Infinity)];
  const [least, most] = [bound('gte', -Infinity), bound('lte', Infinity)];
  return ({ payload }) =>
    listOf(payload[key]).some(
      (value) =>
        typeof value === 'number' &&
        value > above &&
        value < below &&
        value >= least &&
        value <= most,
    );
}

const UUID = /^[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}$/i;

/** A point's id in one spelling. */
export function idOf(id: unknown): string {
  if (typeof id === 'number' && Number.isSafeInteger(id) && id >= 0) return String(id);
  if (typeof id === 'string' && UUID.test(id)) {
    const hex = id.replaceAll('-', '').toLowerCase();
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  }
  throw badRequest(
    `Format error in JSON body: value ${String(id)} is not a valid point ID, valid values are ` +
      'either an unsigned integer or a UUID',
  );
}
