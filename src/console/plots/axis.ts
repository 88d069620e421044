import { html } from 'hono/html';
import { amount } from '../format.ts';
import type { Html } from '../html.ts';
import { label, line } from './shapes.ts';

/** Size of a plot in its own units, about those of a pixel where it is shown, and its margins. */
export const PLOT = { width: 400, height: 190, left: 40, right: 10, top: 20, bottom: 26 } as const;

export const INNER = {
  width: PLOT.width - PLOT.left - PLOT.right,
  height: PLOT.height - PLOT.top - PLOT.bottom,
  base: PLOT.height - PLOT.bottom,
} as const;

/** Where the labels below a plot stand. */
export const LABELS_Y = INNER.base + 16;

const STEPS = [1, 2, 4, 5, 10] as const;

/** A round number not below the largest value, so that half of it is one as well from 2 on. */
export function ceilingOf(largest: number): number {
  if (largest <= 1) return 1;
  const magnitude = 10 ** Math.floor(Math.log10(largest));
  const step = STEPS.find((factor) => factor * magnitude >= largest) ?? 10;
  return step * magnitude;
}

/** Lines and numbers for none, half and all of the ceiling. */
export function countAxis(ceiling: number): Html {
  const ticks = ceiling >= 2 ? [0, ceiling / 2, ceiling] : [0, ceiling];
  return html`${ticks.map((tick) => {
    const y = INNER.base - (tick / ceiling) * INNER.height;
    const grid = line({
      className: 'grid',
      from: [PLOT.left, y],
      to: [PLOT.width - PLOT.right, y],
    });
    const text = Number.isInteger(tick) ? amount(tick) : tick.toFixed(1);
    return html`${grid}${label(PLOT.left - 6, y + 4, 'end', text)}`;
  })}`;
}

export type Figure = {
  /** Unique on the page. */
  readonly id: string;
  readonly title: string;
  /** What is to be seen, in words. */
  readonly says: string;
  readonly drawing: Html;
};

/** A plot with its title and what it says, for those who see it and for those who do not. */
export const figure = ({ id, title, says, drawing }: Figure): Html =>
  html`<figure>
      <figcaption><strong>${title}</strong> <span>${says}</span></figcaption>
      <svg viewBox="0 0 ${PLOT.width} ${PLOT.height}" role="img" ${namedBy(id)}>
        <title id="${id}-title">${title}</title>
        <desc id="${id}-says">${says}</desc>
        ${drawing}
      </svg>
    </figure>`;

/** The attribute that names a drawing by its title and its description. */
export const namedBy = (id: string): Html => html`aria-labelledby="${id}-title ${id}-says"`;
