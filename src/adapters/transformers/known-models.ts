import type { Pooling } from './pool-states.ts';

/** How a family of models wants its texts, by its authors' model cards. */
export type ModelHabits = {
  readonly pooling: Pooling;
  readonly queryPrefix: string;
  readonly documentPrefix: string;
};

const SEARCH = 'Represent this sentence for searching relevant passages: ';
const CHINESE_SEARCH = '为这个句子生成表示以用于检索相关文章：';
const QWEN_SEARCH =
  'Instruct: Given a web search query, retrieve relevant passages that answer the query\nQuery:';

const habits = (pooling: Pooling, queryPrefix = '', documentPrefix = ''): ModelHabits => ({
  pooling,
  queryPrefix,
  documentPrefix,
});

/** First match wins. Tried on the name without its owner, in lower case. */
const FAMILIES: readonly (readonly [RegExp, ModelHabits])[] = [
  [/^(multilingual-)?e5-(small|base|large)/, habits('mean', 'query: ', 'passage: ')],
  [/^bge-m3/, habits('cls')],
  [/^bge-.*-zh/, habits('cls', CHINESE_SEARCH)],
  [/^bge-/, habits('cls', SEARCH)],
  [/^mxbai-embed-large/, habits('cls', SEARCH)],
  [/^mxbai-embed-xsmall/, habits('mean', SEARCH)],
  [/^snowflake-arctic-embed-.*-v2/, habits('cls', 'query: ')],
  [/^snowflake-arctic-embed/, habits('cls', SEARCH)],
  [/^(nomic|modernbert)-embed/, habits('mean', 'search_query: ', 'search_document: ')],
  [/^qwen3-embedding/, habits('last', QWEN_SEARCH)],
  [/^gte-(.*-v1\.5|multilingual|modernbert)/, habits('cls')],
  [/^(gte|all-minilm|all-mpnet|paraphrase|multi-qa-minilm|jina-embeddings-v2)-/, habits('mean')],
];

/** What is known of a model by its name; `null` for one that is not in the list. */
export function knownHabits(model: string): ModelHabits | null {
  const name = (model.split(/[/\\]/).at(-1) ?? '').toLowerCase();
  return FAMILIES.find(([pattern]) => pattern.test(name))?.[1] ?? null;
}
