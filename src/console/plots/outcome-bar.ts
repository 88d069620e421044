import { html } from 'hono/html';
import type { CrawlSummary } from '#domain/crawl-summary.ts';
import { amount, counted, share } from '../format.ts';
import type { Html } from '../html.ts';
import { classOf, wordOf } from '../outcome-words.ts';
import { namedBy } from './axis.ts';
import { box } from './shapes.ts';

const WIDTH = 1_000;
const HEIGHT = 28;

type Outcomes = CrawlSummary['outcomes'];

/** One bar of all pages, divided by what came of them, with a legend that gives the numbers. */
export function outcomeBar(id: string, outcomes: Outcomes): Html {
  const all = outcomes.reduce((sum, { pages }) => sum + pages, 0);
  let x = 0;
  const parts = outcomes.map(({ outcome, pages }) => {
    const width = (pages / all) * WIDTH;
    const start = x;
    x += width;
    const says = `${wordOf(outcome)}: ${amount(pages)}, ${share(pages, all)}`;
    return box({ className: classOf(outcome), x: start, y: 0, width, height: HEIGHT, says });
  });
  const says = outcomes.map(({ outcome, pages }) => `${amount(pages)} ${wordOf(outcome)}`);
  const caption = `${counted(all, 'page')}, feeds and sitemaps among them.`;
  return html`<figure class="wide">
      <figcaption><strong>Pages by outcome</strong> <span>${caption}</span></figcaption>
      <svg class="outcomes" viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none"
        role="img" ${namedBy(id)}>
        <title id="${id}-title">Pages by outcome</title>
        <desc id="${id}-says">${says.join(', ')}</desc>
        ${parts}
      </svg>
      ${legend(outcomes, all)}
    </figure>`;
}

const legend = (outcomes: Outcomes, all: number): Html =>
  html`<ul class="legend">
      ${outcomes.map(
        ({ outcome, pages }) =>
          html`<li>
            ${swatch(outcome)}
            <span>
              ${wordOf(outcome)} <b>${amount(pages)}</b> <small>${share(pages, all)}</small>
            </span>
          </li>`,
      )}
    </ul>`;

const swatch = (outcome: string): Html =>
  html`<svg class="swatch" width="10" height="10" viewBox="0 0 10 10" aria-hidden="true">
      <rect class="${classOf(outcome)}" width="10" height="10" rx="2" />
    </svg>`;
