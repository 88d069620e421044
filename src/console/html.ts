import { html } from 'hono/html';
import { amount } from './format.ts';

/** A piece of a page. Whatever is put into `html` as text is escaped. */
export type Html = ReturnType<typeof html>;

/** A link when the address is one of the web, else its text alone: no other scheme is ever one. */
export function link(url: string): Html {
  const protocol = URL.parse(url)?.protocol;
  if (protocol !== 'http:' && protocol !== 'https:') return html`${url}`;
  return html`<a href="${url}" rel="noopener noreferrer nofollow">${url}</a>`;
}

export type Column<T> = {
  readonly title: string;
  readonly cell: (entry: T) => Html | string | number;
  /** Numbers stand to the right. */
  readonly numeric?: boolean;
};

export type TableOptions<T> = {
  /** Names the table for those who do not see it. */
  readonly label: string;
  readonly columns: readonly Column<T>[];
  readonly rows: readonly T[];
  /** Rows that are not shown. */
  readonly more?: number;
};

/** A table that scrolls by itself where it is wider than the page. */
export function table<T>({ label, columns, rows, more = 0 }: TableOptions<T>): Html {
  const head = columns.map(
    ({ title, numeric }) => html`<th scope="col" class="${kind(numeric)}">${title}</th>`,
  );
  const body = rows.map(
    (row) =>
      html`<tr>
          ${columns.map(
            ({ cell, numeric }) => html`<td class="${kind(numeric)}">${cell(row)}</td>`,
          )}
        </tr>`,
  );
  return html`<div class="scroll" role="region" aria-label="${label}" tabindex="0">
      <table>
        <thead>
          <tr>${head}</tr>
        </thead>
        <tbody>${body}</tbody>
      </table>
    </div>
    ${moreLine(more)}`;
}

const kind = (numeric = false): string => (numeric ? 'number' : 'text');

/** Says how much a list does not show. */
export const moreLine = (more: number): Html =>
  more === 0 ? html`` : html`<p class="more">and ${amount(more)} more</p>`;
