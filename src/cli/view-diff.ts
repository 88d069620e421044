import type { Command } from 'commander';
import { epochId, parseEpochId } from '#domain/epoch.ts';
import { AppError } from '#domain/errors.ts';
import { diffViews, type ViewAt, type ViewDiff } from '#features/view/diff.ts';
import { withExamples } from './examples.ts';
import type { Cli, Lockstep } from './lockstep.ts';
import type { Output } from './output.ts';
import { withSession } from './session.ts';

const URLS_MAX = 20;

export function addViewDiff(view: Command, cli: Cli): void {
  const diff = view
    .command('diff <left> <right>')
    .description('what two versions or two epochs hold, and are built by, differently');
  withExamples(diff, ['view diff posts@v1 posts@v2', 'view diff posts@v1#3 posts@v1#4']).action(
    (left: string, right: string, _options, command) =>
      withSession(cli, command, async ({ lockstep, out }) => {
        const [from, to] = [await placeOf(lockstep, left), await placeOf(lockstep, right)];
        const found = await diffViews(lockstep.registry.views, from, to);
        describe(out, { from, to, found });
        out.result({ left: nameOf(from), right: nameOf(to), ...found });
      }),
  );
}

const nameOf = ({ view, epoch }: ViewAt): string => epochId(view.id, epoch);

/** `posts@v1` is its published epoch. Rejects with `not_found` for one that cannot be read. */
async function placeOf({ registry, settings }: Lockstep, text: string): Promise<ViewAt> {
  const asked = text.includes('#') ? parseEpochId(text) : { viewId: text, epoch: null };
  const view = await registry.views.get(asked.viewId ?? settings.viewName);
  const epoch = asked.epoch ?? view.publishedEpoch;
  const { firstEpoch, publishedEpoch } = view;
  if (view.droppedAt === null && epoch >= firstEpoch && epoch <= publishedEpoch) {
    return { view, epoch };
  }
  const held =
    view.droppedAt === null
      ? `it has ${publishedEpoch === 0 ? 'none yet' : `${firstEpoch} to ${publishedEpoch}`}`
      : 'it was dropped';
  throw new AppError('not_found', `${view.id} has no epoch ${epoch} that can be read: ${held}.`, {
    param: 'epoch',
  });
}

function describe(
  out: Output,
  { from, to, found }: { readonly from: ViewAt; readonly to: ViewAt; readonly found: ViewDiff },
): void {
  const { spec, documents, chunks } = found;
  for (const { path, left, right } of spec) {
    out.line(`  ${path}: ${JSON.stringify(left)} → ${JSON.stringify(right)}`);
  }
  out.table(
    ['', nameOf(from), nameOf(to)],
    [
      ['documents', documents.left, documents.right],
      ['chunks', chunks.left, chunks.right],
    ],
  );
  const { same, added, removed, changed } = documents;
  out.line(
    `  ${same} documents the same, ${changed.length} changed, ${added.length} added, ` +
      `${removed.length} removed`,
  );
  for (const [mark, urls] of [
    ['~', changed],
    ['+', added],
    ['−', removed],
  ] as const) {
    for (const url of urls.slice(0, URLS_MAX)) out.line(`  ${mark} ${url}`);
    if (urls.length > URLS_MAX) out.line(`  ${mark} and ${urls.length - URLS_MAX} more`);
  }
}
