import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { RegistryBed } from './bed.ts';
import { commitOf } from './make.ts';
import { createWriter, pendingOf, unsyncedOf, VIEW, type Writer } from './writer.ts';

const RUNS = 25;
const PATHS = ['a', 'b', 'c'] as const;

/** What may happen to a view, in any order. */
type Event =
  | { readonly kind: 'record'; readonly path: string; readonly markdown: string }
  | { readonly kind: 'close'; readonly path: string }
  /** A run that is cut after `commits` documents and `confirms` members. */
  | { readonly kind: 'crash'; readonly commits: number; readonly confirms: number }
  | { readonly kind: 'publish' };

const path = fc.constantFrom(...PATHS);
// Few paragraphs, so that texts return, repeat and move.
const markdown = fc
  .array(fc.constantFrom('x', 'y', 'z'), { minLength: 1, maxLength: 4 })
  .map((paragraphs) => paragraphs.join('\n\n'));

const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('record' as const), path, markdown }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('close' as const), path }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('crash' as const),
      commits: fc.nat(3),
      confirms: fc.nat(5),
    }),
  },
  { weight: 4, arbitrary: fc.constant({ kind: 'publish' as const }) },
);

/** The reference: what is live now, and what each epoch froze. */
type Model = { readonly live: Map<string, string>; readonly epochs: (readonly string[])[] };

const shown = (model: Model): readonly string[] =>
  [...model.live].sort().map(([name, text]) => `${name}=${text}`);

async function crash(bed: RegistryBed, writer: Writer, commits: number, confirms: number) {
  const { views } = bed.registry;
  const { number } = await writer.open();
  for (const entry of await pendingOf(views, VIEW, commits)) {
    await views.commit(commitOf(VIEW, number, entry));
  }
  await views.confirm(VIEW, confirms === 0 ? [] : await unsyncedOf(views, VIEW, confirms));
}

async function publish(bed: RegistryBed, writer: Writer, model: Model) {
  await writer.commitAll();
  await writer.confirmAll();
  const { number } = await writer.open();
  if (await bed.registry.views.discardEmptyEpoch(VIEW, number)) {
    expect(model.epochs.at(-1) ?? []).toEqual(shown(model));
    return;
  }
  const epoch = await writer.publish();
  model.epochs.push(shown(model));
  expect(epoch).toMatchObject({ number: model.epochs.length, documents: model.live.size });
}

async function happen(bed: RegistryBed, writer: Writer, model: Model, next: Event) {
  if (next.kind === 'record') {
    await writer.record(next.path, next.markdown);
    model.live.set(next.path, next.markdown);
  } else if (next.kind === 'close') {
    await writer.close(next.path);
    model.live.delete(next.path);
  } else if (next.kind === 'crash') await crash(bed, writer, next.commits, next.confirms);
  else await publish(bed, writer, model);
}

export function membershipModelCases(bed: () => RegistryBed): void {
  it('shows at every epoch what was recorded then, for ever', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 14 }), async (events) => {
        await bed().reset();
        const writer = createWriter(bed().registry);
        await writer.prepare();
        const model: Model = { live: new Map(), epochs: [] };
        const hashes: string[] = [];
        for (const next of [...events, { kind: 'publish' } as const]) {
          await happen(bed(), writer, model, next);
          for (const [index, expected] of model.epochs.entries()) {
            const epoch = index + 1;
            expect(await writer.shownAt(epoch)).toEqual(expected);
            const { hash, chunks } = await writer.membersAt(epoch);
            hashes[index] ??= hash;
            expect(hash).toBe(hashes[index]);
            const paragraphs = expected.map((entry) => entry.split('\n\n').length);
            expect(chunks).toBe(paragraphs.reduce((sum, count) => sum + count, 0));
          }
        }
      }),
      { numRuns: RUNS },
    );
  }, 60_000);
}
