import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ndcgAt, rankingOf } from '#domain/ranking-metrics.ts';
import { openLockstep } from '../../src/compose.ts';
import { envToConfig } from '../../src/config/config.ts';
import { databasePid, kill9, mustRun } from '../drill/processes.ts';
import { type Collection, readCollection } from './retrieval/collection.ts';

/**
 * `node scripts/bench/import.ts [FOLDER…]`: nDCG@10 of sparse, dense and hybrid retrieval on test
 * collections in BEIR's layout, by the product as its users have it: each document a Markdown file of
 * a folder that is added as a source, crawled, chunked, embedded, published and searched through a
 * pairing. A document counts by its best chunk.
 */
const { positionals } = parseArgs({ allowPositionals: true });
const folders =
  positionals.length > 0
    ? positionals
    : ['cranfield', 'cacm'].map((name) => `../shared/data/retrieval/${name}`);
const WEIGHTS = [
  ['sparse', 0],
  ['dense', 1],
  ['hybrid', 0.4],
] as const;
const CUT = 10;
const signal = new AbortController().signal;
const say = (text: string) => void process.stdout.write(`${text}\n`);

for (const folder of folders) {
  const collection = readCollection(folder);
  if (collection === null) say(`${folder}: not there, skipped`);
  else await measure(folder, collection);
}

async function measure(name: string, collection: Collection): Promise<void> {
  const work = mkdtempSync(join(tmpdir(), 'lockstep-import-'));
  const [pages, folder] = [join(work, 'pages'), join(work, 'data')];
  try {
    const ids = writePages(pages, collection);
    await mustRun(folder, 'source', 'add', pages, '--kind', 'folder', '--name', 'collection');
    const startedMs = performance.now();
    const { output } = await mustRun(folder, 'crawl');
    const { epoch, crawls } = JSON.parse(output);
    const s = ((performance.now() - startedMs) / 1_000).toFixed(1);
    say(`${name}: ${collection.passages.length} documents, crawled and published in ${s} s`);
    say(`  ${epoch.documents} documents, ${epoch.chunks} chunks; ${rejectionsOf(crawls)}`);
    await mustRun(folder, 'prompt', 'register');
    await mustRun(folder, 'model', 'register', 'extractive', '--name', 'extractive');
    for (const [ranking, weight] of WEIGHTS) {
      const weights = ['--dense-weight', String(weight), '--candidates', '1000'];
      const made = await mustRun(folder, 'pairing', 'create', ...weights);
      const ndcg = await meanNdcg(folder, { collection, ids, target: JSON.parse(made.output).id });
      say(`  ${ranking.padEnd(8)} nDCG@${CUT} ${ndcg.toFixed(4)}`);
    }
  } finally {
    kill9(databasePid(folder));
    rmSync(work, { recursive: true, force: true });
  }
}

/** A file for each document; gives the ids by the file's name. */
function writePages(folder: string, { passages }: Collection): ReadonlyMap<string, string> {
  mkdirSync(folder, { recursive: true });
  const ids = new Map<string, string>();
  for (const [at, { id, title, text }] of passages.entries()) {
    const name = `document-${at}.md`;
    ids.set(name, id);
    const heading = title.replace(/\s+/g, ' ').trim();
    writeFileSync(join(folder, name), `${heading === '' ? '' : `# ${heading}\n\n`}${text}\n`);
  }
  return ids;
}

function rejectionsOf(crawls: readonly { readonly counts: Readonly<Record<string, number>> }[]) {
  const reasons = crawls.flatMap(({ counts }) =>
    Object.entries(counts).filter(([reason]) => reason.startsWith('rejected.')),
  );
  return reasons.length === 0
    ? 'none rejected'
    : reasons.map(([reason, count]) => `${count} ${reason.slice('rejected.'.length)}`).join(', ');
}

type Asked = {
  readonly collection: Collection;
  readonly ids: ReadonlyMap<string, string>;
  readonly target: string;
};

async function meanNdcg(folder: string, { collection, ids, target }: Asked): Promise<number> {
  const found = envToConfig({ LOCKSTEP_DATA: folder });
  if (found.kind === 'problems') throw new Error(found.problems.join('\n'));
  const lockstep = await openLockstep(found.config, 'bench');
  try {
    const texts = new Map(collection.questions.map(({ id, text }) => [id, text]));
    let sum = 0;
    for (const [id, judged] of collection.judgements) {
      const question = { text: texts.get(id) ?? '', history: [], target, epoch: null };
      const asked = { ...question, hitsPerDocumentMax: 1 };
      const { hits } = await lockstep.answerer.search(asked, CUT, signal);
      const scored = hits.map(({ url, score }) => ({
        id: ids.get(url.slice(url.lastIndexOf('/') + 1)) ?? url,
        score,
      }));
      sum += ndcgAt(CUT, rankingOf(scored), judged);
    }
    return sum / collection.judgements.size;
  } finally {
    await lockstep.close();
  }
}
