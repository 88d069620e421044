import { type Markup, markup } from './markup.ts';

/** A bar chart of one column of a post's first table. */
export type Chart = { readonly column: number; readonly caption: string };

export const CHARTS: Readonly<Record<string, Chart>> = {
  'the-index-that-lied': { column: 1, caption: 'Where 46,712 orphans came from' },
  'a-golden-set-of-eighty': { column: 2, caption: 'Hours that a golden set takes, by its size' },
  'conditional-requests-save-money': { column: 1, caption: 'Who gets the money of a recrawl' },
  'boilerplate-removal-compared': { column: 4, caption: 'Milliseconds that an extractor takes' },
  'chunk-size-is-a-product-decision': { column: 4, caption: 'Torn procedures by chunk size' },
  'prompt-injection-through-the-index': {
    column: 1,
    caption: 'Planted passages that had their way',
  },
  'dense-vectors-were-enough': { column: 2, caption: 'Recall across languages' },
  'ce-que-la-latence-nous-apprend': { column: 1, caption: 'Requêtes lentes, par cause' },
};

/** Site path of a post's chart. */
export const chartPath = ({ slug }: { readonly slug: string }): string => `/images/${slug}.svg`;

export type Bar = { readonly label: string; readonly value: number; readonly shown: string };

/** The bars of a table's column: the first column names them, the first number counts. */
export function barsOf(
  rows: readonly (readonly { readonly text: string }[])[],
  column: number,
): readonly Bar[] {
  return rows.flatMap((row) => {
    const shown = row[column]?.text ?? '';
    const value = Number.parseFloat(
      /\d[\d,]*(?:\.\d+)?/.exec(shown)?.[0].replaceAll(',', '') ?? '',
    );
    return Number.isNaN(value) ? [] : [{ label: row[0]?.text ?? '', value, shown }];
  });
}

/** What the chart shows, in words. */
export const chartAlt = (caption: string, bars: readonly Bar[]): string =>
  `Bar chart. ${caption}: ${bars.map(({ label, shown }) => `${label} ${shown}`).join('; ')}.`;

const WIDTH_PX = 720;
const ROW_PX = 34;
const LABELS_PX = 330;
const BARS_PX = 220;

/** The chart as an SVG file. */
export function chartSvg(caption: string, bars: readonly Bar[]): Markup {
  const largest = Math.max(...bars.map(({ value }) => value));
  const height = bars.length * ROW_PX + 16;
  const row = ({ label, value, shown }: Bar, at: number) => {
    const y = at * ROW_PX + 8;
    const width = Math.max(2, Math.round((value / largest) * BARS_PX));
    return markup`  <text x="${LABELS_PX - 10}" y="${y + 18}" text-anchor="end">${label}</text>
  <rect x="${LABELS_PX}" y="${y}" width="${width}" height="${ROW_PX - 10}" fill="#2f5d62"/>
  <text x="${LABELS_PX + width + 8}" y="${y + 18}">${shown}</text>
`;
  };
  return markup`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH_PX} ${height}"
     width="${WIDTH_PX}" height="${height}" font-family="sans-serif" font-size="14">
  <title>${caption}</title>
${bars.map(row)}</svg>
`;
}

/** A portrait of two letters. */
export const portraitSvg = (initials: string, colour: string, name: string): Markup =>
  markup`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96" width="96" height="96">
  <title>${name}</title>
  <circle cx="48" cy="48" r="48" fill="${colour}"/>
  <text x="48" y="60" fill="#fff" font-family="serif" font-size="36"
        text-anchor="middle">${initials}</text>
</svg>
`;

export const LOGO: Markup = markup`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 32">
  <title>Slow Gradient</title>
  <path d="M2 4 C 18 6, 26 28, 62 29" fill="none" stroke="#2f5d62" stroke-width="3"/>
  <circle cx="30" cy="19" r="4" fill="#c0582f"/>
</svg>
`;
