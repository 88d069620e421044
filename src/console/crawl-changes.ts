import { html } from 'hono/html';
import type { Change, CrawlSummary, Listed } from '#domain/crawl-summary.ts';
import { amount } from './format.ts';
import { type Html, link, moreLine } from './html.ts';

/** What is otherwise than after the crawl before, list by list; the empty ones are left out. */
export function changeLists({ changes, previous }: CrawlSummary): Html {
  const { added, changed, closed, moved, rejected, accepted, unvisited } = changes;
  const lists: readonly (readonly [string, Listed<Change>])[] = [
    ['New pages', added],
    ['Changed', changed],
    ['Closed', closed],
    ['Moved', moved],
    ['Taken before, not taken now', rejected],
    ['Not taken before, taken now', accepted],
    ['Visited before, not this time', unvisited],
  ];
  const drawn = lists.filter(([, { shown }]) => shown.length > 0);
  const title = previous === null ? 'What it found' : 'What changed since the crawl before';
  return html`<h3>${title}</h3>
    ${
      drawn.length === 0
        ? html`<p>Nothing.</p>`
        : html`<div class="cards">${drawn.map(([name, list]) => changeList(name, list))}</div>`
    }`;
}

/** Longer lists are folded until someone wants to see them; on paper all are open. */
const OPEN_MAX = 8;

const changeList = (name: string, { shown, more }: Listed<Change>): Html =>
  html`<details class="card" ${shown.length > OPEN_MAX ? '' : 'open'}>
      <summary>${name} <b>${amount(shown.length + more)}</b></summary>
      <ul>
        ${shown.map(
          ({ url, code }) =>
            html`<li>${link(url)} ${code === null ? '' : html`<code>${code}</code>`}</li>`,
        )}
      </ul>
      ${moreLine(more)}
    </details>`;
