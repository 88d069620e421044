import type { Command } from 'commander';
import { epochId } from '#domain/epoch.ts';
import { AppError } from '#domain/errors.ts';
import type { Source } from '#domain/source.ts';
import type { FeatureReport } from '#features/pipeline.ts';
import { askOne, describeAnswer } from '../ask.ts';
import { crawlSources, describeFeatures } from '../crawl.ts';
import { SAMPLE_SOURCE } from '../evaluate.ts';
import { withExamples } from '../examples.ts';
import type { Cli } from '../lockstep.ts';
import { webAddress, wholeNumber } from '../parse.ts';
import { type ServeOptions, serveHttp } from '../serve.ts';
import { globalsOf, type Session, withSession } from '../session.ts';
import { describeNext } from './next-steps.ts';
import { release } from './release.ts';
import { chooseSources, LOOPBACK_NETWORK, serveSample } from './site.ts';
import { trainOn } from './train.ts';

type UpOptions = ServeOptions & { readonly once?: boolean };

/** Asked of the sample site; a site of one's own is asked about one of its posts. */
const SAMPLE_QUESTION = 'How many chunks a second does Sieveling process?';

export function addUpCommand(program: Command, cli: Cli): void {
  const up = program
    .command('up')
    .argument('[url]', 'your site; the sample site by default', webAddress)
    .description('crawl, publish, build, evaluate, promote and serve: everything, from nothing')
    .option('--once', 'do all that and exit instead of serving')
    .option('--host <host>', 'address to serve on; beyond loopback needs an API key')
    .option('--port <n>', 'port to serve on', wholeNumber(0, 65_535));
  withExamples(up, ['up', 'up https://blog.example/', 'up --once', 'up --port 8080']).action(
    async (url: string | undefined, options: UpOptions, command: Command) => {
      const lock = cli.lockFolder(globalsOf(command).data ?? null);
      try {
        const networks = url === undefined ? [LOOPBACK_NETWORK] : [];
        await withSession(cli, command, (session) => start(session, url, options), networks);
      } finally {
        lock.release();
      }
    },
  );
}

async function start(session: Session, url: string | undefined, options: UpOptions): Promise<void> {
  const { lockstep, out, signal } = session;
  const site = url === undefined ? await serveSample(session) : null;
  try {
    const sources = await chooseSources(session, url ?? null, site);
    const channels = await lockstep.registry.channels.list();
    // What was promoted before serves at once, and the crawl goes on beside it.
    const early = options.once !== true && channels.some(({ name }) => name === 'production');
    const serving = early ? await serveHttp(lockstep, options, signal) : null;
    if (serving !== null) out.line(`serving on ${serving.origin}`);
    const done = await bringUp(session, sources);
    if (options.once === true) {
      out.result(done);
      return;
    }
    const { origin, ended } = serving ?? (await serveHttp(lockstep, options, signal));
    out.result({ ...done, origin });
    describeNext(session, { origin, question: done.question, own: url !== undefined });
    await ended;
  } finally {
    await site?.close();
  }
}

async function bringUp(session: Session, sources: readonly Source[]) {
  const { out } = session;
  out.line(`Features: ${sources.map(({ urls }) => urls.join(' ')).join(', ')}`);
  const names = sources.map(({ name }) => name);
  const features = await crawlSources(session, names);
  describeFeatures(session, features);
  await requireDocuments(session, features, names);

  out.line('Training');
  const snapshot = await trainOn(session);
  const released = await release(session, names.includes(SAMPLE_SOURCE));

  out.line('Inference');
  const question = await questionFor(session, names);
  out.line(`  ${question}`);
  const answer = await askOne(session, { text: question, target: 'production', epoch: null });
  describeAnswer(session, answer);
  return {
    epoch: epochId(snapshot.viewId, snapshot.epoch),
    crawls: features.crawls,
    counts: features.publish.counts,
    snapshot: snapshot.id,
    pairing: released.pairing.id,
    metrics: released.evaluation?.metrics ?? null,
    question,
    answer,
  };
}

/** A site that gave no document at all is an error that says why, not an empty service. */
async function requireDocuments(
  { lockstep }: Session,
  { view, publish, crawls }: FeatureReport,
  names: readonly string[],
): Promise<void> {
  if (publish.epoch !== null || view.publishedEpoch > 0) return;
  const runIds = crawls.map(({ runId }) => runId);
  const letters = await lockstep.registry.deadLetters.list({ runId: runIds[0] ?? '' });
  const reasons = letters.slice(0, 3).map(({ message }) => message);
  throw new AppError(
    'no_content',
    `${names.join(', ')} gave no document: ${reasons.join('; ') || 'no page was found'}. ` +
      `See lockstep source rejects ${names[0] ?? ''}.`,
  );
}

async function questionFor({ lockstep }: Session, names: readonly string[]): Promise<string> {
  if (names.includes(SAMPLE_SOURCE)) return SAMPLE_QUESTION;
  const { documents } = lockstep.registry;
  const live = (await documents.list(names[0] ?? null)).find(({ status }) => status === 'live');
  const [revision] = await documents.revisions(
    live?.revisionId === undefined || live.revisionId === null ? [] : [live.revisionId],
  );
  return `What does “${revision?.metadata.title ?? 'this site'}” say?`;
}
