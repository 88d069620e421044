import { html } from 'hono/html';
import type { CrawlSummary } from '#domain/crawl-summary.ts';
import { changeLists } from './crawl-changes.ts';
import { crawlTables } from './crawl-tables.ts';
import { amount, bytes, counted, duration, moment, share } from './format.ts';
import type { Html } from './html.ts';
import { page } from './page.ts';
import { histogram } from './plots/histogram.ts';
import { outcomeBar } from './plots/outcome-bar.ts';
import { timelinePlot } from './plots/timeline-plot.ts';

export type CrawlReportPage = {
  readonly summaries: readonly CrawlSummary[];
  /** ISO 8601, UTC: when the page was made. */
  readonly at: string;
};

/** The report of one or several crawls as one HTML page that needs nothing but itself. */
export function drawCrawlReport({ summaries, at }: CrawlReportPage): Promise<string> {
  const [only, ...others] = summaries;
  const isOne = only !== undefined && others.length === 0;
  const title = `Crawl report: ${isOne ? only.source : counted(summaries.length, 'source')}`;
  const body = html`<header>
        <h1>${title}</h1>
        <p class="faint">Written ${moment(at)} by Lockstep.</p>
        ${summaries.length > 1 ? contents(summaries) : ''}
      </header>
      <main>${summaries.map((summary, number) => sourceSection(summary, `s${number + 1}`))}</main>`;
  return page(title, body);
}

const contents = (summaries: readonly CrawlSummary[]): Html =>
  html`<nav aria-label="Sources">
      <ul>
        ${summaries.map(
          ({ source, totals, reasons }, number) =>
            html`<li><a href="#s${number + 1}">${source}</a>
              <small>${counted(totals.pages, 'page')},
                ${amount(rejectsOf(reasons))} not taken</small></li>`,
        )}
      </ul>
    </nav>`;

const rejectsOf = (reasons: CrawlSummary['reasons']): number =>
  reasons.reduce((sum, { pages }) => sum + pages, 0);

function sourceSection(summary: CrawlSummary, id: string): Html {
  const { source, run, previous, outcomes } = summary;
  const compared =
    previous === null
      ? 'It is the first crawl of the source.'
      : `It is compared with the crawl of ${moment(previous.startedAt)}.`;
  const bar =
    outcomes.length === 0
      ? html`<p>No page was asked for.</p>`
      : outcomeBar(`${id}-outcomes`, outcomes);
  return html`<section id="${id}" aria-labelledby="${id}-name">
      <h2 id="${id}-name">${source} ${stateOf(run.status)}</h2>
      <p class="faint">Run <code>${run.id}</code>, begun ${moment(run.startedAt)}. ${compared}</p>
      ${run.error === null ? '' : html`<p class="notice">${run.error}</p>`}
      ${tiles(summary)}
      ${bar}
      ${plots(summary, id)}
      ${changeLists(summary)}
      ${crawlTables(summary)}
    </section>`;
}

const STATES: Readonly<Record<CrawlSummary['run']['status'], string>> = {
  done: 'done',
  running: 'running, or killed',
  cancelled: 'stopped early',
  failed: 'failed',
};

const stateOf = (status: CrawlSummary['run']['status']): Html =>
  html`<span class="state ${status}">${STATES[status]}</span>`;

function tiles({ totals, reasons }: CrawlSummary): Html {
  const { pages, requests, durationMs, documents, repeats, beyondLimits } = totals;
  const rejected = rejectsOf(reasons);
  const rate = durationMs > 0 ? `, ${((1_000 * requests) / durationMs).toFixed(1)} a second` : '';
  const facts: readonly (readonly [string, string])[] = [
    [
      repeats > 0 ? `documents, ${amount(repeats)} left out as repeats` : 'documents',
      amount(documents),
    ],
    ['pages visited', amount(pages)],
    [`pages not taken, ${share(rejected, pages)}`, amount(rejected)],
    [`requests${rate}`, amount(requests)],
    ['received', bytes(totals.bytes)],
    ['from beginning to end', duration(durationMs)],
  ];
  const limited = [['URLs beyond its limits', amount(beyondLimits)]] as const;
  return html`<dl class="tiles">
      ${[...facts, ...(beyondLimits > 0 ? limited : [])].map(
        ([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`,
      )}
    </dl>`;
}

function plots({ elapsed, sizes, timeline }: CrawlSummary, id: string): Html {
  const drawn = [
    timeline && timelinePlot(`${id}-timeline`, timeline),
    elapsed &&
      histogram({
        id: `${id}-elapsed`,
        title: 'Response times',
        distribution: elapsed,
        of: 'requests',
        format: duration,
      }),
    sizes &&
      histogram({
        id: `${id}-sizes`,
        title: 'Sizes as received',
        distribution: sizes,
        of: 'bodies',
        format: bytes,
      }),
  ].filter((plot) => plot !== null);
  return drawn.length === 0 ? html`` : html`<div class="plots">${drawn}</div>`;
}
