import type { Command } from 'commander';
import { standingLine } from '#console/crawl-tables.ts';
import { amount, bytes, counted, duration, moment } from '#console/format.ts';
import { wordOf } from '#console/outcome-words.ts';
import type { CrawlSummary } from '#domain/crawl-summary.ts';
import { remedyOf } from '#domain/remedies.ts';
import { summaryOf, writeReport } from './crawl-reports.ts';
import { withExamples } from './examples.ts';
import type { Cli } from './lockstep.ts';
import type { Output } from './output.ts';
import { withSession } from './session.ts';

const SLOWEST_MAX = 5;

export function addReport(source: Command, cli: Cli): void {
  const report = source
    .command('report <name>')
    .description('tell what the newest crawl of a source did, without crawling')
    .option('--out <file>', 'write it as an HTML page');
  withExamples(report, [
    'source report blog.example',
    'source report blog.example --out report.html',
    'source report blog.example --json',
  ]).action((name: string, { out: file }: { readonly out?: string }, command) =>
    withSession(cli, command, async (session) => {
      const { lockstep, out } = session;
      await lockstep.registry.sources.get(name);
      const summary = await summaryOf(lockstep, name);
      if (file === undefined) describeSummary(out, summary);
      else {
        await writeReport(session, [summary], { file, param: '--out' });
        out.line(`${file} tells what the crawl of ${moment(summary.run.startedAt)} did`);
      }
      out.result(summary);
    }),
  );
}

function describeSummary(out: Output, summary: CrawlSummary): void {
  const { source, run, totals, outcomes, reasons, slowest, changes, previous } = summary;
  const { pages, requests, durationMs } = totals;
  out.line(
    `${source}: ${counted(pages, 'page')} and ${counted(requests, 'request')}, ` +
      `${bytes(totals.bytes)} in ${duration(durationMs)}; ` +
      `${run.status}, begun ${moment(run.startedAt)}`,
  );
  if (run.error !== null) out.line(`  ${run.error}`);
  out.table(
    ['outcome', 'pages'],
    outcomes.map((line) => [wordOf(line.outcome), line.pages]),
  );
  if (previous !== null) {
    const of = (name: keyof typeof changes) =>
      amount(changes[name].shown.length + changes[name].more);
    out.line(
      `since the crawl of ${moment(previous.startedAt)}: ${of('added')} new, ` +
        `${of('changed')} changed, ${of('closed')} closed, ${of('moved')} moved; ` +
        `${of('rejected')} taken before and not now, ` +
        `${of('accepted')} now and not before`,
    );
  }
  if (reasons.length > 0) {
    out.table(
      ['reason', 'pages', 'retryable', 'what to do'],
      reasons.map(({ code, pages: rows, retryable }) => [code, rows, retryable, remedyOf(code)]),
    );
  }
  if (summary.standing.length > 0) out.line(standingLine(summary.standing));
  if (slowest.shown.length > 0) {
    out.table(
      ['slowest', 'time', 'bytes'],
      slowest.shown
        .slice(0, SLOWEST_MAX)
        .map((line) => [line.url, duration(line.elapsedMs), line.bytes]),
    );
  }
}
