import type { Command } from 'commander';
import { epochId } from '#domain/epoch.ts';
import { toAppError } from '#domain/errors.ts';
import { chatModelSpec } from '#training/model.ts';
import { askOne, describeAnswer } from '../ask.ts';
import { crawlSources, describeFeatures, publishChanges } from '../crawl.ts';
import { withExamples } from '../examples.ts';
import type { Cli } from '../lockstep.ts';
import { QUIET } from '../output.ts';
import { webAddress, wholeNumber } from '../parse.ts';
import { reportError } from '../report-error.ts';
import { hasSampleDocuments, retireSample } from '../sample.ts';
import { requireListenable, type ServeOptions, type Serving, serveHttp } from '../serve.ts';
import { globalsOf, type Session, withSession } from '../session.ts';
import { describeNext } from './next-steps.ts';
import { release } from './release.ts';
import { ownSource, registeredSources, type UpSources } from './sources.ts';
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
      const lock = await cli.lockFolder(globalsOf(command).data ?? null);
      try {
        await withSession(cli, command, (session) => start(session, url ?? null, options));
      } finally {
        lock.release();
      }
    },
  );
}

async function start(session: Session, url: string | null, options: UpOptions): Promise<void> {
  const { lockstep, out, signal } = session;
  const { once = false } = options;
  // What would stop it in the end stops it before anything is changed.
  lockstep.chatModelOf(chatModelSpec(lockstep.settings.model));
  if (!once) await requireListenable(lockstep, options, signal);
  const channels = await lockstep.registry.channels.list();
  // What was promoted before serves at once, and the crawl goes on beside it.
  const early = !once && channels.some(({ name }) => name === 'production');
  const serving = early ? await serveHttp(lockstep, options, signal) : null;
  if (serving !== null) out.line(`serving on ${serving.origin}`);
  try {
    await renew(session, { url, options, serving });
  } catch (thrown) {
    if (serving === null) throw thrown;
    if (!signal.aborted) {
      reportError(session.cli, out.json, toAppError(thrown));
      out.line('What was promoted before is served on. Stop with Ctrl-C.');
      out.result({ origin: serving.origin });
    }
    await serveAndWork(session, serving.ended);
  }
}

type Renewal = {
  readonly url: string | null;
  readonly options: UpOptions;
  readonly serving: Serving | null;
};

async function renew(session: Session, { url, options, serving }: Renewal): Promise<void> {
  const { lockstep, out, signal } = session;
  const chosen = url === null ? await registeredSources(session) : await ownSource(session, url);
  try {
    const { done, problem } = await bringUp(session, chosen, url !== null);
    if (options.once === true) {
      out.result(done);
      if (problem !== null) throw problem;
      return;
    }
    if (problem !== null) reportError(session.cli, out.json, problem);
    const { origin, ended } = serving ?? (await serveHttp(lockstep, options, signal));
    out.result({ ...done, origin });
    describeNext(session, { origin, question: done.question, own: !chosen.sample });
    await serveAndWork(session, ended);
  } finally {
    await chosen.site?.close();
  }
}

/** Serves until the end, and takes up jobs beside it: what schedules ask for, and shared batches. */
async function serveAndWork(session: Session, ended: Promise<void>): Promise<void> {
  const { lockstep, signal } = session;
  const { runWorker } = await import('../work.ts');
  const working = runWorker({ ...session, out: QUIET }, { jobsAtOnce: 1, once: false }).catch(
    (thrown: unknown) => {
      // Whoever is served goes on being served; lockstep work says the same to whoever looks.
      if (!signal.aborted)
        lockstep.log.warn('the worker ended', { why: toAppError(thrown).message });
    },
  );
  await ended;
  await working;
}

async function bringUp(session: Session, { sources, sample }: UpSources, own: boolean) {
  const { out } = session;
  out.line(`Features: ${sources.map(({ urls }) => urls.join(' ')).join(', ')}`);
  const { report, problem } = await crawlSources(session, sources);
  describeFeatures(session, report);
  // A site that gave no document is an error that says why, not an empty service; one of several
  // that cannot be had today does not keep the others from being served.
  const { view, publish } = report;
  const nothing = publish.epoch === null && view.publishedEpoch === 0;
  if (problem !== null && (own || nothing)) throw problem;
  if (own && (await hasSampleDocuments(session))) {
    await retireSample(session);
    describeFeatures(session, await publishChanges(session));
  }

  out.line('Training');
  const snapshot = await trainOn(session);
  const released = await release(session, sample);

  out.line('Inference');
  const question = sample ? SAMPLE_QUESTION : await questionFor(session, sources[0]?.name ?? null);
  out.line(`  ${question}`);
  const answer = await askOne(session, { text: question, target: 'production', epoch: null });
  describeAnswer(session, answer);
  const done = {
    epoch: epochId(snapshot.viewId, snapshot.epoch),
    crawls: report.crawls,
    counts: publish.counts,
    snapshot: snapshot.id,
    pairing: released.pairing.id,
    metrics: released.evaluation?.metrics ?? null,
    question,
    answer,
  };
  return { done, problem };
}

async function questionFor({ lockstep }: Session, source: string | null): Promise<string> {
  const { documents } = lockstep.registry;
  const live = (await documents.list(source)).find(({ status }) => status === 'live');
  const [revision] = await documents.revisions(
    live?.revisionId === undefined || live.revisionId === null ? [] : [live.revisionId],
  );
  return `What does “${revision?.metadata.title ?? 'this site'}” say?`;
}
