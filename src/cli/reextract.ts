import type { Command } from 'commander';
import type { ReextractReport } from '#features/reextract.ts';
import { describeFeatures, publishChanges } from './crawl.ts';
import { withExamples } from './examples.ts';
import type { Cli } from './lockstep.ts';
import { withSession } from './session.ts';

export function addReextractCommand(program: Command, cli: Cli): void {
  const reextract = program
    .command('reextract [source...]')
    .description(
      'read stored pages once more by the extractor of today, without the network, and publish ' +
        'what came out otherwise; all sources by default',
    )
    .option('--all', 'also those that are by the extractor of today already', false);
  withExamples(reextract, ['reextract', 'reextract blog.example', 'reextract --all --json']).action(
    (names: string[], { all }: { all: boolean }, command) =>
      withSession(cli, command, async (session) => {
        const { lockstep, progress, signal, out } = session;
        const { sources: registered } = lockstep.registry;
        const sources =
          names.length > 0
            ? await Promise.all([...new Set(names)].map((name) => registered.get(name)))
            : await registered.list();
        const { reextract: reextractSource } = await import('#features/reextract.ts');
        const reports: ReextractReport[] = [];
        for (const source of sources) {
          const { onProgress } = progress;
          const report = await reextractSource(lockstep, { source, all }, onProgress, signal);
          reports.push(report);
          progress.end();
          const { read, changed, refused, current } = report.counts;
          out.line(
            `  ${source.name}: ${read} documents read again, ${changed} changed, ${refused} refused ` +
              `(they keep what they have), ${current} were up to date`,
          );
        }
        const report = await publishChanges(session);
        describeFeatures(session, report);
        out.result({
          reextracts: reports,
          view: report.view.id,
          epoch: report.publish.epoch,
          counts: report.publish.counts,
        });
      }),
  );
}
