import { z } from 'zod';
import { decodeEntities } from './entities.ts';

/** What a page's JSON-LD says of its post. */
export type LinkedPost = {
  readonly headline: string | null;
  readonly author: string | null;
  readonly datePublished: string | null;
  readonly dateModified: string | null;
  readonly description: string | null;
  readonly inLanguage: string | null;
  readonly keywords: readonly string[];
  readonly siteName: string | null;
  /** Its whole text, when it is there; may hold HTML. */
  readonly body: string | null;
};

/** schema.org types that a post may have: these, and all whose name ends in `Article`. */
const POST_TYPES: ReadonlySet<string> = new Set([
  'BlogPosting',
  'LiveBlogPosting',
  'SocialMediaPosting',
  'DiscussionForumPosting',
  'Report',
  'APIReference',
  'HowTo',
  'Review',
]);

const NODES_MAX = 1_000;
const DEPTH_MAX = 8;

type Node = Readonly<Record<string, unknown>>;

/** The first post among the scripts, as `@graph`, list or nested entity; `null` without one. */
export function readLinkedPost(scripts: readonly string[]): LinkedPost | null {
  const nodes = scripts.flatMap((script) => nodesOf(parseJson(script)));
  const post = nodes.find(isPost);
  if (post === undefined) return null;
  const byId = new Map(nodes.map((node) => [text(node['@id']), node]));
  const site = nodes.find((node) => typesOf(node).includes('WebSite'));
  return {
    headline: text(post.headline) ?? text(post.name),
    author: namesOf(post.author, byId) ?? namesOf(post.creator, byId),
    datePublished: text(post.datePublished) ?? text(post.dateCreated),
    dateModified: text(post.dateModified),
    description: text(post.description),
    inLanguage: text(post.inLanguage) ?? text(record(post.inLanguage)?.alternateName),
    keywords: keywordsOf(post.keywords),
    siteName: (site && text(site.name)) ?? namesOf(post.publisher, byId),
    body: text(post.articleBody),
  };
}

function parseJson(script: string): unknown {
  try {
    return JSON.parse(script);
  } catch {
    return parseWrapped(script);
  }
}

/** Some templates put comments and CDATA marks around their JSON. */
function parseWrapped(script: string): unknown {
  const bare = script.replace(/<!\[CDATA\[|\]\]>/g, '');
  const start = bare.search(/[[{]/);
  const end = Math.max(bare.lastIndexOf('}'), bare.lastIndexOf(']'));
  try {
    return JSON.parse(bare.slice(start, end + 1));
  } catch {
    return null;
  }
}

/** Objects of a document, outermost first. */
function nodesOf(value: unknown): readonly Node[] {
  const found: Node[] = [];
  let level: readonly unknown[] = [value];
  for (let depth = 0; depth < DEPTH_MAX && level.length > 0; depth += 1) {
    const below: unknown[] = [];
    for (const one of level) {
      if (Array.isArray(one)) below.push(...one.slice(0, NODES_MAX));
      const node = record(one);
      if (node === null) continue;
      if (found.length >= NODES_MAX) return found;
      found.push(node);
      for (const key of ['@graph', 'mainEntity', 'mainEntityOfPage', 'hasPart', 'isPartOf']) {
        if (typeof node[key] === 'object') below.push(node[key]);
      }
    }
    level = below.slice(0, NODES_MAX);
  }
  return found;
}

const isPost = (node: Node): boolean =>
  typesOf(node).some((type) => POST_TYPES.has(type) || type.endsWith('Article'));

const typesOf = (node: Node): readonly string[] =>
  [node['@type']].flat().filter((type) => typeof type === 'string');

const recordShape = z.record(z.string(), z.unknown());

const record = (value: unknown): Node | null =>
  Array.isArray(value) ? null : (recordShape.safeParse(value).data ?? null);

const text = (value: unknown): string | null =>
  typeof value === 'string' && value.trim() !== '' ? decodeEntities(value).trim() : null;

const PEOPLE_MAX = 20;

/** Names of people or organisations: said, in objects, or referred to by `@id`. */
function namesOf(value: unknown, byId: ReadonlyMap<string | null, Node>): string | null {
  const names = [value]
    .flat()
    .slice(0, PEOPLE_MAX)
    .flatMap((one) => {
      const said = text(one);
      if (said !== null) return /^https?:/i.test(said) ? [] : [said];
      const node = record(one);
      if (node === null) return [];
      const name = [node.name]
        .flat()
        .map(text)
        .find((part) => part !== null);
      const id = text(node['@id']);
      return [name ?? (id === null ? null : text(byId.get(id)?.name))].filter(
        (part) => part !== null,
      );
    });
  return names.length === 0 ? null : [...new Set(names)].join(', ');
}

const keywordsOf = (value: unknown): readonly string[] =>
  [value].flat().flatMap((one) => text(one)?.split(',') ?? []);
