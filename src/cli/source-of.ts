import { basename, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { AppError } from '#domain/errors.ts';
import {
  CRAWL_LIMITS,
  type CrawlLimits,
  SOURCE_RULES,
  type Source,
  type SourceKind,
  type SourceRules,
} from '#domain/source.ts';
import { parseWebAddress } from './parse.ts';

export type SourceRequest = {
  readonly kind: SourceKind;
  readonly name?: string | undefined;
  /** As they were written: addresses, `owner/repository`, or paths of folders. */
  readonly urls: readonly string[];
  readonly limits?: CrawlLimits;
  readonly rules?: SourceRules;
  readonly at: string;
};

/** A source under its own name, or one that is made of what it first names. */
export function sourceOf(request: SourceRequest): Source {
  const { kind, limits = CRAWL_LIMITS, rules = SOURCE_RULES, at: createdAt } = request;
  const places = request.urls.map(PLACES[kind] ?? webPlace);
  const name = nameOf(request.name ?? places[0]?.name ?? '');
  return { name, kind, urls: places.map(({ url }) => url), limits, rules, createdAt };
}

function nameOf(text: string): string {
  const name = text.toLowerCase().replace(/[^a-z0-9.-]+/g, '-');
  if (/[a-z0-9]/.test(name)) return name;
  const message = `"${text}" gives no name of a source; choose one with --name.`;
  throw new AppError('invalid_input', message, { param: '--name' });
}

type Place = { readonly url: string; readonly name: string };

const webPlace = (text: string): Place => {
  const url = parseWebAddress(text);
  return { url, name: new URL(url).host };
};

const PLACES: Partial<Record<SourceKind, (text: string) => Place>> = {
  github: githubPlace,
  folder: folderPlace,
};

/** `owner/repository` is short for the repository's address. */
function githubPlace(text: string): Place {
  const isShort = /^[\w-][\w.-]*\/[\w.-]+$/.test(text);
  const url = new URL(parseWebAddress(isShort ? `https://github.com/${text}` : text));
  url.pathname = url.pathname.replace(/\/+$/, '').replace(/\.git$/, '');
  const [owner, repository] = url.pathname.split('/').slice(1);
  if (!owner || !repository) {
    const message = `${text} is no repository; write it like https://github.com/owner/repository.`;
    throw new AppError('invalid_input', message, { param: 'url' });
  }
  return { url: url.href, name: `${owner}-${repository}` };
}

/** A path, from the working folder on, or a `file:` URL. */
function folderPlace(text: string): Place {
  if (/^(?!file:)[a-z][a-z0-9+.-]+:\/\//i.test(text)) {
    const message = `${text} is no folder of this machine; name its path.`;
    throw new AppError('invalid_input', message, { param: 'url' });
  }
  const path = /^file:/i.test(text) ? pathOf(text) : resolve(text);
  const { href } = pathToFileURL(path);
  return { url: href.endsWith('/') ? href : `${href}/`, name: basename(path) };
}

function pathOf(url: string): string {
  try {
    return resolve(fileURLToPath(url));
  } catch (cause) {
    const message = `${url} is no folder of this machine; name its path.`;
    throw new AppError('invalid_input', message, { param: 'url', cause });
  }
}
