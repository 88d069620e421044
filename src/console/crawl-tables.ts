import { html } from 'hono/html';
import type { CrawlSummary, PageLine, RejectReason } from '#domain/crawl-summary.ts';
import { remedyOf } from '#domain/remedies.ts';
import { amount, bytes, duration } from './format.ts';
import { type Column, type Html, link, moreLine, table } from './html.ts';
import { wordOf } from './outcome-words.ts';

/** Why pages were not taken, what repeats what, and the hosts and pages that cost most. */
export const crawlTables = (summary: CrawlSummary): Html =>
  html`${reasons(summary)}${duplicates(summary)}${hosts(summary)}
    ${costly('Slowest pages', summary.slowest)}${costly('Largest pages', summary.largest)}`;

function reasons({ reasons: all, standing, source }: CrawlSummary): Html {
  const retryable = all.reduce((sum, reason) => sum + reason.retryable, 0);
  const again = html`<p class="more"><code>lockstep source retry ${source}</code>
      asks again for the ${amount(retryable)} that are retryable.</p>`;
  return html`<h3>Pages that were not taken</h3>
    ${all.length === 0 ? html`<p>None.</p>` : html`<div class="cards">${all.map(reasonCard)}</div>`}
    ${retryable === 0 ? '' : again}
    ${standing.length === 0 ? '' : html`<p>${standingLine(standing)}</p>`}`;
}

/** What was not taken before, and has not changed. */
export function standingLine(standing: CrawlSummary['standing']): string {
  const all = standing.reduce((sum, { pages }) => sum + pages, 0);
  const parts = standing.map(({ code, pages }) => `${amount(pages)} ${code}`);
  return `Not taken before, and as they were: ${amount(all)} (${parts.join(', ')}).`;
}

function reasonCard({ code, pages, retryable, examples }: RejectReason): Html {
  const remedy = remedyOf(code);
  const again = retryable === 0 ? '' : html`<small>${amount(retryable)} retryable</small>`;
  return html`<div class="card">
      <h4><code>${code}</code> <b>${amount(pages)}</b> ${again}</h4>
      ${remedy === null ? '' : html`<p class="faint">What to do: ${remedy}.</p>`}
      <ul>
        ${examples.shown.map(
          ({ url, message }) => html`<li>${link(url)} ${withoutUrl(message, url)}</li>`,
        )}
      </ul>
      ${moreLine(examples.more)}
    </div>`;
}

/** Messages begin with the URL, which stands before them already. */
const withoutUrl = (message: string, url: string): string =>
  message.startsWith(`${url} `) ? message.slice(url.length + 1) : message;

function duplicates({ duplicates: { shown, more } }: CrawlSummary): Html {
  if (shown.length === 0) return html``;
  return html`<h3>Pages that repeat others</h3>
    ${table({
      label: 'Repeats',
      columns: [
        { title: 'Page', cell: ({ url }) => link(url) },
        { title: 'Kind', cell: ({ kind }) => (kind === 'exact' ? 'the same' : 'nearly the same') },
        { title: 'Kept', cell: ({ kept }) => (kept === null ? 'not known any more' : link(kept)) },
      ],
      rows: shown,
      more,
    })}`;
}

function hosts({ hosts: { shown, more } }: CrawlSummary): Html {
  if (shown.length === 0) return html``;
  const ms = (value: number | null) => (value === null ? '–' : duration(value));
  return html`<h3>Hosts</h3>
    ${table({
      label: 'Hosts',
      columns: [
        { title: 'Host', cell: ({ host }) => host },
        { title: 'Requests', numeric: true, cell: ({ requests }) => amount(requests) },
        { title: 'Failed', numeric: true, cell: ({ failed }) => amount(failed) },
        { title: 'Received', numeric: true, cell: (host) => bytes(host.bytes) },
        { title: 'Median', numeric: true, cell: ({ p50Ms }) => ms(p50Ms) },
        { title: '95%', numeric: true, cell: ({ p95Ms }) => ms(p95Ms) },
      ],
      rows: shown,
      more,
    })}`;
}

function costly(title: string, { shown, more }: CrawlSummary['slowest']): Html {
  if (shown.length === 0) return html``;
  const columns: readonly Column<PageLine>[] = [
    { title: 'Page', cell: ({ url }) => link(url) },
    { title: 'Time', numeric: true, cell: ({ elapsedMs }) => duration(elapsedMs) },
    { title: 'Received', numeric: true, cell: (line) => bytes(line.bytes) },
    { title: 'Outcome', cell: ({ outcome, code }) => code ?? wordOf(outcome) },
  ];
  return html`<h3>${title}</h3>${table({ label: title, columns, rows: shown, more })}`;
}
