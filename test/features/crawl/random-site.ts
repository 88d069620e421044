import fc from 'fast-check';
import type { FakeAnswer } from '../../fakes/page-fetcher.ts';
import { canonical, failed, home, moved, NOINDEX, post, stub } from './pages.ts';
import type { Site } from './world.ts';

const PATHS = ['/a', '/b', '/cc', '/dd', '/eee', '/fff', '/gggg', '/hhhhh'] as const;

type Path = (typeof PATHS)[number];

/** What stands at one path: a post, or something that leads elsewhere or nowhere. */
type Spot =
  | { readonly kind: 'post' | 'noindex'; readonly topic: string; readonly links: readonly Path[] }
  | { readonly kind: 'canonical'; readonly topic: string; readonly to: Path }
  | { readonly kind: 'permanent' | 'temporary' | 'stub'; readonly to: Path }
  | { readonly kind: 'gone' | 'failed' };

export type RandomSite = ReadonlyMap<Path, Spot>;

const path = fc.constantFrom(...PATHS);
const topic = fc.constantFrom('Terns', 'Gulls', 'Puffins', 'Skuas');
const links = fc.uniqueArray(path, { maxLength: 3 });
const leading = <Kind extends string>(kind: Kind) =>
  fc.record({ kind: fc.constant(kind), to: path });

const spot: fc.Arbitrary<Spot> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('post' as const), topic, links }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('canonical' as const), topic, to: path }) },
  { weight: 3, arbitrary: leading('permanent') },
  { weight: 1, arbitrary: leading('temporary') },
  { weight: 1, arbitrary: leading('stub') },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('noindex' as const), topic, links }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constantFrom('gone' as const, 'failed' as const) }),
  },
);

/** A small site of twins, moves, pointers and broken pages, all linked from its home. */
export const randomSite: fc.Arbitrary<RandomSite> = fc
  .array(spot, { minLength: PATHS.length, maxLength: PATHS.length })
  .map((spots) => new Map(PATHS.flatMap((at, place) => [[at, spots[place] ?? { kind: 'gone' }]])));

/** Puts up a site; entity tags say that a page is as it was, as far as it is. */
export function putUp(site: Site, spots: RandomSite, order: readonly string[] = PATHS): void {
  site.put('/', home(...order));
  for (const [at, its] of spots) {
    const html = htmlOf(its);
    if (html !== null) site.put(at, html, html);
    else if (its.kind === 'gone') site.remove(at);
    else site.answer(at, answerOf(at, its));
  }
}

function htmlOf(its: Spot): string | null {
  if (its.kind === 'post') return post(its.topic, { links: its.links });
  if (its.kind === 'noindex') return post(its.topic, { links: its.links, head: NOINDEX });
  if (its.kind === 'canonical') return post(its.topic, { head: canonical(its.to) });
  return its.kind === 'stub' ? stub(its.to) : null;
}

function answerOf(at: Path, its: Spot): FakeAnswer {
  if (its.kind === 'permanent') return moved(at, its.to, 301);
  return its.kind === 'temporary' ? moved(at, its.to, 302) : failed(at);
}
