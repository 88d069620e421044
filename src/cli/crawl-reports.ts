import type { CrawlSummary } from '#domain/crawl-summary.ts';
import { AppError } from '#domain/errors.ts';
import type { Session } from './session.ts';

/** Keeps the report of the crawls that a command makes. */
export type CrawlReports = {
  /** Writes down what the newest crawl of a source did, however it ended. */
  note(source: string): Promise<void>;
  /** The same once more for all of them, when it is known what repeats what. */
  finish(): Promise<readonly CrawlSummary[]>;
};

/** The option that names a report's file. */
const PARAM = '--report';

/** Rejects with `folder_unwritable` before anything is asked for. */
export async function createCrawlReports(
  session: Session,
  file: string | null,
): Promise<CrawlReports> {
  const { cli, lockstep, out } = session;
  if (file !== null) await cli.requireWritable(file, PARAM);
  const summaries = new Map<string, CrawlSummary>();
  const noted = new Set<string>();
  const isWanted = file !== null || out.json;
  const write = async () => {
    if (file !== null) await writeReport(session, [...summaries.values()], { file, param: PARAM });
  };
  const read = async (source: string) => {
    const summary = await unlessNone(() => summaryOf(lockstep, source));
    if (summary !== null) summaries.set(source, summary);
  };
  return {
    async note(source) {
      noted.add(source);
      if (file === null) return;
      await read(source);
      await write();
    },
    async finish() {
      if (!isWanted) return [];
      for (const source of noted) await read(source);
      await write();
      if (file !== null) out.line(`  ${file} tells what the crawl did`);
      return [...summaries.values()];
    },
  };
}

/** What the newest crawl of a source did. Rejects with `not_found` when there was none. */
export async function summaryOf(
  { registry }: Pick<Session['lockstep'], 'registry'>,
  source: string,
): Promise<CrawlSummary> {
  const { reportCrawl } = await import('#features/report/read-facts.ts');
  return reportCrawl({ registry }, source);
}

/** A crawl can fail before it has begun. */
async function unlessNone(read: () => Promise<CrawlSummary>): Promise<CrawlSummary | null> {
  try {
    return await read();
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.code === 'not_found') return null;
    throw thrown;
  }
}

/** Draws the summaries as one page and writes it. */
export async function writeReport(
  { cli, lockstep }: Pick<Session, 'cli' | 'lockstep'>,
  summaries: readonly CrawlSummary[],
  { file, param }: { readonly file: string; readonly param: string },
): Promise<void> {
  const { drawCrawlReport } = await import('#console/crawl-report.ts');
  const page = await drawCrawlReport({ summaries, at: lockstep.clock.now() });
  await cli.writeText(file, page, param);
}
