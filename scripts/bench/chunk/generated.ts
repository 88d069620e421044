/** Pages, each of sections with every kind of block, the same on every machine. */
export function generatedPages(count: number): readonly string[] {
  const next = createRandom(7);
  return Array.from({ length: count }, () => page(next));
}

/** A whole number from 0 up to `below`. */
type Next = (below: number) => number;

/** Numerical Recipes' linear congruential generator. */
function createRandom(seed: number): Next {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const SYLLABLES = 'ta re no li con ver sta tion ing per al in de mo ra ble pro cess'.split(' ');
const CYRILLIC = 'про ста но вер ли ко де ра ть ние при го во'.split(' ');
const IDEOGRAPHS = '的一是在不了有和人这中大为上个国我以要他';

const pick = <T>(next: Next, from: readonly T[] | string): T | string =>
  from[next(from.length)] ?? '';

const latin = (next: Next): string =>
  Array.from({ length: 1 + next(4) }, () => pick(next, SYLLABLES)).join('');
const cyrillic = (next: Next): string =>
  Array.from({ length: 1 + next(4) }, () => pick(next, CYRILLIC)).join('');
const han = (next: Next): string =>
  Array.from({ length: 2 + next(6) }, () => pick(next, IDEOGRAPHS)).join('');
const identifier = (next: Next): string => `${latin(next)}_${latin(next)}`;
const address = (next: Next): string =>
  `[${latin(next)}](https://example.com/${latin(next)}/${next(2 ** 31).toString(36)})`;

type Write = (next: Next) => string;

const sentence = (next: Next, word: Write): string => {
  const words = Array.from({ length: 6 + next(16) }, () => word(next));
  return `${words.join(' ')}.`;
};
const paragraph = (next: Next, word: Write): string =>
  Array.from({ length: 1 + next(8) }, () => sentence(next, word)).join(' ');
const mixed: Write = (next) => (next(12) === 0 ? address(next) : latin(next));

/** Up to a hundred lines, so that some are longer than any chunk. */
const code: Write = (next) => {
  const lines = Array.from(
    { length: 2 + next(next(4) === 0 ? 100 : 16) },
    () => `  const ${identifier(next)} = await ${identifier(next)}(${latin(next)}, ${next(999)});`,
  );
  return ['```ts', ...lines, '```'].join('\n');
};
const table: Write = (next) => {
  const row = () => `| ${identifier(next)} | ${next(9_999)} | ${sentence(next, latin)} |`;
  return [
    '| name | count | note |',
    '| --- | --: | --- |',
    ...Array.from({ length: 3 + next(30) }, row),
  ].join('\n');
};
const list: Write = (next) =>
  Array.from(
    { length: 2 + next(12) },
    () => `${'  '.repeat(next(3))}- ${sentence(next, mixed)}`,
  ).join('\n');
const quote: Write = (next) => `> ${paragraph(next, latin)}`;

const BLOCKS: readonly Write[] = [
  (next) => paragraph(next, mixed),
  (next) => paragraph(next, mixed),
  (next) => paragraph(next, cyrillic),
  (next) => paragraph(next, han),
  code,
  code,
  table,
  list,
  quote,
];

function page(next: Next): string {
  const sections = Array.from({ length: 4 + next(8) }, () => {
    const heading = `${'#'.repeat(1 + next(4))} ${latin(next)} ${latin(next)}`;
    const blocks = Array.from({ length: 1 + next(6) }, () => pick(next, BLOCKS));
    return [heading, ...blocks.map((write) => (write as Write)(next))].join('\n\n');
  });
  return `${sections.join('\n\n')}\n`;
}
