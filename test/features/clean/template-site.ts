/** A random site whose every block is known to be the site's or its page's. */
type SiteBlock = {
  readonly text: string;
  /** What the site puts on its pages, by its name; `null` for what is the page's own. */
  readonly chrome: string | null;
};

export type SitePage = { readonly blocks: readonly SiteBlock[]; readonly markdown: string };

const CODE = '```sh\nnpm install\nnpm test\n```';
const STEPS = '1. Install the programme.\n2. Open a terminal and go to the folder.\n3. Start it.';

/** A linear congruential generator, 0 to 1. Source: Numerical Recipes, "quick and dirty". */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/**
 * Pages of a blog by four authors: 3 to 14 paragraphs of each page's own between headings of which
 * every blog has the same, code and steps that are the same in many posts, and around and between
 * them what a blog adds: banner, reading time, calls to subscribe, share links, biographies, lists.
 */
export function generateSite(pages: number, seed: number): readonly SitePage[] {
  const random = createRandom(seed);
  const between = (from: number, to: number) => from + Math.floor(random() * (to - from + 1));
  const word = () => `w${Math.floor(20_000 * random() ** 3)}`;
  const words = (count: number) => Array.from({ length: count }, word).join(' ');
  const sentence = (count: number) => `${words(count)}.`;
  const titles = Array.from({ length: pages }, () => words(between(4, 9)));
  const fixed = {
    banner: sentence(14),
    offer: sentence(22),
    notice: sentence(45),
    letter: sentence(12),
    biographies: Array.from({ length: 4 }, () => sentence(between(26, 60))),
    popular: titles.slice(0, 5),
  };

  const ownBlocks = (): SiteBlock[] => {
    const blocks: SiteBlock[] = [];
    const own = (text: string) => blocks.push({ text, chrome: null });
    own(sentence(between(20, 80)));
    for (let count = between(2, 13); count > 0; count -= 1) {
      const dice = random();
      if (dice < 0.2) own(`## ${['Introduction', 'Summary', 'Example', words(4)][between(0, 3)]}`);
      if (dice > 0.9) own(CODE);
      if (dice > 0.87 && dice <= 0.9) own(STEPS);
      if (dice > 0.8 && dice <= 0.87) own('Here is an example.');
      own(dice > 0.7 && dice < 0.75 ? `- ${words(5)}\n- ${words(9)}` : sentence(between(15, 90)));
    }
    return blocks;
  };

  return titles.map((_, at) => {
    const middle = ownBlocks();
    const add = (chrome: string, text: string) => ({ chrome, text });
    const insert = (chrome: string, text: string) =>
      middle.splice(between(1, middle.length), 0, add(chrome, text));
    if (random() < 0.6) insert('call to subscribe', `**${fixed.offer}**`);
    if (random() < 0.3) insert('notice in a quote', `> ${fixed.notice}`);
    const author = at % 4;
    const related = Array.from({ length: 4 }, () => titles[between(0, pages - 1)] ?? '');
    const link = (title: string) => `- [${title}](https://b.example/${title.replaceAll(' ', '-')})`;
    const blocks = [
      add('banner', fixed.banner),
      add('breadcrumbs', '[Home](https://b.example/)'),
      { chrome: null, text: `May ${1 + (at % 28)}, ${2000 + Math.floor(at / 28)}` },
      add('reading time', `${between(3, 6)} min read`),
      ...middle,
      add('share links', 'Share this:'),
      add('share links', `- [Mail](https://s.example/?u=${at})\n- [Chat](https://c.example/${at})`),
      ...(at % 5 === 0 ? [] : [add('biography', `*${fixed.biographies[author]}*`)]),
      add('letter', '## Stay in touch'),
      add('letter', fixed.letter),
      ...(at % 2 === 0
        ? [add('popular posts', ['**Popular**', fixed.popular.map(link).join('\n')].join('\n\n'))]
        : [add('related posts', ['**Related**', related.map(link).join('\n')].join('\n\n'))]),
      add('copyright', '© The authors. All rights reserved.'),
    ];
    return { blocks, markdown: blocks.map(({ text }) => text).join('\n\n') };
  });
}

export type RemovalScore = {
  /** Words of each kind of chrome, and those of them that were removed. */
  readonly chrome: ReadonlyMap<string, { readonly words: number; readonly removed: number }>;
  /** The page's own blocks, and those of them that are not in what is left. */
  readonly own: number;
  readonly lost: readonly string[];
};

/** What `remove` leaves of a site, block by block. */
export function scoreRemoval(
  pages: readonly SitePage[],
  remove: (markdown: string) => string,
): RemovalScore {
  const chrome = new Map<string, { words: number; removed: number }>();
  const lost: string[] = [];
  let own = 0;
  for (const page of pages) {
    let left = remove(page.markdown);
    for (const block of page.blocks) {
      for (const text of block.text.split(/\n+(?=[-*]|\d\.)/)) {
        // Each piece that is found is used up, so that two of the same need two.
        const at = left.indexOf(text);
        if (at >= 0) left = left.slice(0, at) + left.slice(at + text.length);
        if (block.chrome === null) own += 1;
        if (block.chrome === null && at < 0) lost.push(text);
        if (block.chrome === null) continue;
        const words = text.split(/\s+/).length;
        const seen = chrome.get(block.chrome) ?? { words: 0, removed: 0 };
        chrome.set(block.chrome, {
          words: seen.words + words,
          removed: seen.removed + (at < 0 ? words : 0),
        });
      }
    }
  }
  return { chrome, own, lost };
}
