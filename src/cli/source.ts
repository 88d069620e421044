import type { Command } from 'commander';
import type { Document } from '#domain/document.ts';
import { withLease } from '#features/lease.ts';
import { describeFeatures, publishChanges } from './crawl.ts';
import { addRejects, addRetry } from './dead-letter.ts';
import { withExamples } from './examples.ts';
import type { Cli, Lockstep } from './lockstep.ts';
import { type Session, withSession } from './session.ts';
import { addAdd } from './source-add.ts';
import { addExplain } from './source-explain.ts';
import { addReport } from './source-report.ts';

export function addSourceCommand(program: Command, cli: Cli): void {
  const source = program.command('source').description('register and look at sources of posts');
  addAdd(source, cli);
  addList(source, cli);
  addShow(source, cli);
  addReport(source, cli);
  addRejects(source, cli);
  addExplain(source, cli);
  addRetry(source, cli);
  addRemove(source, cli);
}

function addList(source: Command, cli: Cli): void {
  const list = source.command('list').description('list the registered sources');
  withExamples(list, ['source list', 'source list --json']).action((_options, command) =>
    withSession(cli, command, async ({ lockstep, out }) => {
      const sources = await lockstep.registry.sources.list();
      out.table(
        ['name', 'kind', 'urls', 'since'],
        sources.map(({ name, kind, urls, createdAt }) => [name, kind, urls.join(' '), createdAt]),
      );
      out.result(sources);
    }),
  );
}

function addShow(source: Command, cli: Cli): void {
  const show = source.command('show <name>').description('show a source and its documents');
  withExamples(show, ['source show sample']).action((name: string, _options, command) =>
    withSession(cli, command, async ({ lockstep, out }) => {
      const found = await lockstep.registry.sources.get(name);
      const documents = await withRepeats(lockstep, await lockstep.registry.documents.list(name));
      const { include, exclude, languages, pii, render } = found.rules;
      out.line(`${found.name}: ${found.kind} of ${found.urls.join(', ')}`);
      if (include.length > 0) out.line(`  only ${include.join(' ')}`);
      if (exclude.length > 0) out.line(`  but not ${exclude.join(' ')}`);
      if (languages.length > 0) out.line(`  posts in ${languages.join(', ')}`);
      if (pii !== 'keep') out.line(`  personal details: ${pii}`);
      if (render) out.line('  its pages are opened in a browser');
      out.table(
        ['document', 'status', 'first seen', 'note'],
        documents.map(({ url, status, firstSeenAt, repeats }) => [
          url,
          status,
          firstSeenAt,
          repeats === null ? '' : `repeats ${repeats}`,
        ]),
      );
      out.result({ ...found, documents });
    }),
  );
}

/** Documents with the URL of the one that views hold in their place. */
async function withRepeats(
  { registry }: Pick<Lockstep, 'registry'>,
  documents: readonly Document[],
): Promise<readonly (Document & { readonly repeats: string | null })[]> {
  const urls = new Map(documents.map(({ id, url }) => [id, url]));
  for (const { canonicalId } of documents) {
    if (canonicalId === null || urls.has(canonicalId)) continue;
    const foreign = await registry.documents.get(canonicalId);
    if (foreign !== null) urls.set(canonicalId, foreign.url);
  }
  return documents.map((document) => {
    const { canonicalId } = document;
    return { ...document, repeats: canonicalId === null ? null : (urls.get(canonicalId) ?? null) };
  });
}

function addRemove(source: Command, cli: Cli): void {
  const remove = source
    .command('remove <name>')
    .description(
      'forget a source: its documents are closed and leave the view, their history stays',
    );
  withExamples(remove, ['source remove blog.example']).action((name: string, _options, command) =>
    withSession(cli, command, async (session) => {
      const closed = await removeSource(session, name);
      const { out } = session;
      out.line(`source ${name} is removed; ${closed.length} documents are closed`);
      // A view that never held them need not be made for it.
      const hasView = (await session.lockstep.registry.views.list()).length > 0;
      const report = hasView && closed.length > 0 ? await publishChanges(session) : null;
      if (report !== null) describeFeatures(session, report);
      const epoch = report?.publish.epoch ?? null;
      out.result({ source: name, closed: closed.map(({ url }) => url), epoch });
    }),
  );
}

/** Removes a source that no crawl is at work on; gives the documents that closed. */
async function removeSource(
  { lockstep, signal }: Session,
  name: string,
): Promise<readonly Document[]> {
  const { registry, clock, ids } = lockstep;
  const { leases } = registry;
  await registry.sources.get(name);
  const lease = { name: `source:${name}`, holder: ids.next() };
  return withLease({ leases, clock }, lease, signal, async () => {
    const documents = await registry.documents.list(name);
    await registry.sources.remove(name, clock.now());
    return documents.filter(({ status }) => status === 'live');
  });
}
