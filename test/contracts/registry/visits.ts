import { expect, it } from 'vitest';
import type { Visit } from '#domain/visit.ts';
import type { Registry } from '#ports/registry.ts';
import { outcomes, refusal } from './bed.ts';
import { at, urlOf, uuid } from './make.ts';

const visit = (path: string, changes: Partial<Visit> = {}): Visit => ({
  runId: uuid('r1'),
  sourceName: 'blog',
  url: urlOf(path),
  outcome: 'new',
  code: null,
  elapsedMs: 12,
  bytes: 4_096,
  at: at(1),
  ...changes,
});

export function visitCases(registry: () => Registry): void {
  it('gives the visits of one run back, in the order in which they were added', async () => {
    const { visits } = registry();
    const own = [
      visit('b', { at: at(9) }),
      visit('a'),
      visit('gone', { outcome: 'gone', code: 'gone', bytes: 0, elapsedMs: 0 }),
      visit('feed.xml', { outcome: 'feed' }),
    ];
    await visits.add(visit('other', { runId: uuid('r2') }));
    for (const entry of own) await visits.add(entry);
    expect(await visits.list(uuid('r1'))).toEqual(own);
    expect((await visits.list(uuid('r2'))).map(({ url }) => url)).toEqual([urlOf('other')]);
  });

  it('keeps every visit of a page, also two that are alike', async () => {
    const { visits } = registry();
    const looks = [
      visit('a', { outcome: 'gone', code: 'gone' }),
      visit('a', { outcome: 'closed', code: 'gone' }),
      visit('a', { outcome: 'closed', code: 'gone' }),
    ];
    for (const look of looks) await visits.add(look);
    expect(await visits.list(uuid('r1'))).toEqual(looks);
  });

  it('keeps fractions of milliseconds, and more bytes than 32 bits count', async () => {
    const { visits } = registry();
    const large = visit('a', { elapsedMs: 0.123_456_789, bytes: 2 ** 40 + 1 });
    await visits.add(large);
    expect(await visits.list(uuid('r1'))).toEqual([large]);
  });

  it('loses none of many that are added at once', async () => {
    const { visits } = registry();
    const paths = Array.from({ length: 40 }, (_, number) => `page-${number}`);
    expect(await outcomes(paths.map((path) => visits.add(visit(path))))).toEqual({ done: 40 });
    const kept = (await visits.list(uuid('r1'))).map(({ url }) => url);
    expect(kept.sort()).toEqual(paths.map(urlOf).sort());
  });

  it('knows no visits of a run that is not there, whatever its id looks like', async () => {
    const { visits } = registry();
    await visits.add(visit('a'));
    for (const runId of [uuid('r2'), 'no-run', '']) expect(await visits.list(runId)).toEqual([]);
  });

  it('refuses what cannot be stored as it is', async () => {
    const { visits } = registry();
    await refusal(visits.add(visit('a', { url: 'https://blog.example/\u0000' })), 'invalid_input');
    await refusal(visits.add(visit('a', { at: 'yesterday' })), 'invalid_input');
    expect(await visits.list(uuid('r1'))).toEqual([]);
  });
}
