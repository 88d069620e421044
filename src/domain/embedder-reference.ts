import { AppError } from './errors.ts';

const EMBEDDER_PROVIDERS = ['static', 'transformers', 'openai'] as const;

type EmbedderProvider = (typeof EMBEDDER_PROVIDERS)[number];

/** What may follow a model's name, as `?name=value&name=value`. */
const OPTIONS: Readonly<Record<EmbedderProvider, readonly string[]>> = {
  static: [],
  transformers: [
    'dtype',
    'pooling',
    'normalise',
    'query-prefix',
    'document-prefix',
    'tokens-max',
    'revision',
  ],
  openai: [
    'dimensions',
    'revision',
    'tokens-max',
    'tokenizer',
    'query-prefix',
    'document-prefix',
    'texts-max',
    'dollars',
  ],
};

/** How an embedder is named: `provider:model`, and how it is to be used where there is a choice. */
export type EmbedderReference = {
  readonly provider: EmbedderProvider;
  /** A folder, a hub id, or the provider's name of a model. */
  readonly model: string;
  readonly options: ReadonlyMap<string, string>;
};

/**
 * Parses `static:<folder>`, `transformers:<hub id or folder>?dtype=q8` or `openai:<model>?dimensions=512`.
 * Values are percent-decoded, so that a prefix may hold any character. Throws `invalid_input`.
 */
export function parseEmbedderReference(text: string): EmbedderReference {
  const colon = text.indexOf(':');
  const provider = EMBEDDER_PROVIDERS.find((known) => known === text.slice(0, Math.max(0, colon)));
  const rest = text.slice(colon + 1);
  const query = rest.indexOf('?');
  const model = query < 0 ? rest : rest.slice(0, query);
  if (provider === undefined || model === '') {
    throw refused(
      text,
      'write it like static:<folder>, transformers:<hub id or folder> or openai:<model>',
    );
  }
  const options = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(query < 0 ? '' : rest.slice(query + 1))) {
    const known = OPTIONS[provider];
    if (!known.includes(name)) {
      const those = known.length === 0 ? 'none' : known.join(', ');
      throw refused(text, `${provider} has no option "${name}"; it has ${those}`);
    }
    if (options.has(name)) throw refused(text, `"${name}" is there twice`);
    options.set(name, value);
  }
  return { provider, model, options };
}

/** An option that is a number within bounds; `undefined` when it was not given. */
export function numberOption(
  { options }: EmbedderReference,
  name: string,
  {
    min,
    max,
    whole = true,
  }: { readonly min: number; readonly max: number; readonly whole?: boolean },
): number | undefined {
  const text = options.get(name);
  if (text === undefined) return undefined;
  const value = Number(text);
  const isFit = text !== '' && value >= min && value <= max && (!whole || Number.isInteger(value));
  if (isFit) return value;
  throw refused(name, `"${text}" is no ${whole ? 'whole ' : ''}number within ${min} and ${max}`);
}

/** An option that is one of some words; `undefined` when it was not given. */
export function wordOption<Word extends string>(
  { options }: EmbedderReference,
  name: string,
  words: readonly Word[],
): Word | undefined {
  const text = options.get(name);
  if (text === undefined) return undefined;
  const word = words.find((known) => known === text);
  if (word !== undefined) return word;
  throw refused(name, `"${text}" is none of ${words.join(', ')}`);
}

const refused = (what: string, why: string): AppError =>
  new AppError('invalid_input', `embedder ${what}: ${why}.`, { param: 'embedder' });
