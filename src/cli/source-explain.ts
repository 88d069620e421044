import type { Command } from 'commander';
import type { DeadLetter, Document } from '#domain/document.ts';
import { AppError } from '#domain/errors.ts';
import { remedyOf } from '#domain/remedies.ts';
import type { PageState, Source } from '#domain/source.ts';
import { compilePatterns } from '#features/discover/patterns.ts';
import { sameSite } from '#features/discover/url.ts';
import { withExamples } from './examples.ts';
import { knownUrl } from './known-url.ts';
import type { Cli, Lockstep } from './lockstep.ts';
import type { Output } from './output.ts';
import { withSession } from './session.ts';

export function addExplain(source: Command, cli: Cli): void {
  const explain = source
    .command('explain <url>')
    .description('tell everything that is known of a page: what became of it, why, and what next');
  withExamples(explain, ['source explain https://blog.example/post']).action(
    (text: string, _options, command) =>
      withSession(cli, command, async ({ lockstep, out }) => {
        const known = await readKnown(lockstep, knownUrl(text));
        describe(out, known);
        out.result(known);
      }),
  );
}

/** What one source knows of a page. */
type Knowing = {
  readonly source: string;
  readonly state: PageState | null;
  /** When it is asked for again, in words. */
  readonly next: string;
};

type Known = {
  readonly url: string;
  readonly sources: readonly Knowing[];
  readonly document: Document | null;
  /** The document that views hold in its place. */
  readonly repeats: string | null;
  /** Newest first, with what can be done about each. */
  readonly letters: readonly (DeadLetter & { readonly remedy: string | null })[];
};

/** Rejects with `not_found`, saying whose patterns leave the page out, when nobody knows it. */
async function readKnown({ registry }: Pick<Lockstep, 'registry'>, url: string): Promise<Known> {
  const sources = await registry.sources.list();
  const document = await registry.documents.findByUrl(url);
  const letters = (await registry.deadLetters.list({})).filter((letter) => letter.url === url);
  const knowing: Knowing[] = [];
  for (const source of sources) {
    const state = (await registry.pages.states(source.name)).get(url) ?? null;
    const isKnown = state !== null || letters.some(({ sourceName }) => sourceName === source.name);
    if (!isKnown) continue;
    const next = nextAsk(source, { url, document, letters });
    knowing.push({ source: source.name, state, next });
  }
  if (knowing.length === 0 && document === null && letters.length === 0) {
    throw unknown(url, sources);
  }
  const canonical = document?.canonicalId ?? null;
  const kept = canonical === null ? null : await registry.documents.get(canonical);
  return {
    url,
    sources: knowing,
    document,
    repeats: kept?.url ?? null,
    letters: letters.map((letter) => ({ ...letter, remedy: remedyOf(letter.code) })),
  };
}

const isLeftOut = ({ rules, urls }: Source, url: string): boolean =>
  !urls.includes(url) && !compilePatterns(rules)(url);

function unknown(url: string, sources: readonly Source[]): AppError {
  const near = sources.filter(({ urls }) => urls.some((seed) => sameSite(seed, url)));
  const [leaving] = near.filter((source) => isLeftOut(source, url));
  const why =
    leaving !== undefined
      ? `the patterns of source ${leaving.name} leave it out`
      : near.length > 0
        ? `nothing that source ${near[0]?.name} has read leads to it`
        : 'no source is of its site; lockstep source list shows them';
  return new AppError('not_found', `nothing is known of ${url}: ${why}.`, { param: 'url' });
}

type Page = Pick<Known, 'url' | 'document'> & { readonly letters: readonly DeadLetter[] };

function nextAsk(source: Source, { url, document, letters }: Page): string {
  const { name, urls } = source;
  if (isLeftOut(source, url)) return `never: the patterns of source ${name} leave it out`;
  const isLive = document?.status === 'live' && document.sourceName === name;
  if (isLive || urls.includes(url)) return 'with the next crawl';
  const now = letters.some(({ sourceName }) => sourceName === name)
    ? `; at once by lockstep source retry ${name} ${url}`
    : '';
  return `with the next crawl, if anything still leads to it${now}`;
}

function describe(out: Output, { url, sources, document, repeats, letters }: Known): void {
  out.line(url);
  if (document === null) out.line('  it is no document');
  else {
    const { status, firstSeenAt, closedAt, sourceName, revisionId } = document;
    const closed = closedAt === null ? '' : ` at ${closedAt}`;
    out.line(
      `  document ${document.id} of ${sourceName}: ${status}${closed}, first seen ${firstSeenAt}`,
    );
    if (revisionId !== null) out.line(`  revision ${revisionId}`);
    if (repeats !== null) out.line(`  it nearly repeats ${repeats}, which views hold in its place`);
  }
  for (const { source, state, next } of sources) {
    if (state !== null) out.line(`  ${source}: ${stateLine(state)}, checked ${state.checkedAt}`);
    out.line(`  ${source} asks for it again: ${next}`);
  }
  if (letters.length === 0) return;
  const [newest] = letters;
  if (newest?.remedy) out.line(`  what to do about ${newest.code}: ${newest.remedy}`);
  out.table(
    ['at', 'source', 'stage', 'code', 'retryable', 'reason'],
    letters.map(({ at, sourceName, stage, code, retryable, message }) => [
      at,
      sourceName,
      stage,
      code,
      retryable ? 'yes' : 'no',
      message,
    ]),
  );
}

function stateLine({ outcome, links, goneCount }: PageState): string {
  if (outcome === 'moved') return `moved to ${links[0] ?? 'nowhere'}`;
  const gone = goneCount > 0 ? `, ${goneCount} times not there` : '';
  return `${outcome}${gone}`;
}
