import { existsSync, globSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { cleanMarkdown } from '#features/clean/clean.ts';
import {
  blocksOf,
  findTemplateBlocks,
  packHashes,
  removeTemplateBlocks,
  unpackHashes,
} from '#features/clean/template-blocks.ts';
import { extractPage } from '#features/extract/extract.ts';
import { generateSite, scoreRemoval } from '../../test/features/clean/template-site.ts';

/**
 * `node scripts/bench/templates.ts [--pages 100000] [--folder F]`: what is removed of the blocks
 * that a generated site adds to its pages, and what of the pages' own; what it costs; and which
 * blocks of the HTML files of a folder would go. Times are processor time.
 */
const { values } = parseArgs({
  options: {
    pages: { type: 'string', default: '100000' },
    folder: { type: 'string', default: '../shared/data/site/dwong' },
  },
});
const say = (line: string) => process.stdout.write(`${line}\n`);
const percent = (part: number, whole: number) => `${((100 * part) / whole).toFixed(1)}%`;

const processorMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
};

const hashesOf = (markdown: string) => blocksOf(markdown).map(({ hash }) => hash);

say('words of a generated site’s own blocks on each page that are removed, by their kind');
for (const pages of [3, 5, 10, 20, 50, 100, 1_000]) {
  const site = generateSite(pages, pages);
  const templates = findTemplateBlocks(
    site.map(({ markdown }) => ({ hashes: hashesOf(markdown) })),
  );
  const score = scoreRemoval(site, (markdown) => removeTemplateBlocks(markdown, templates));
  const kinds = [...score.chrome].map(([kind, c]) => `${kind} ${percent(c.removed, c.words)}`);
  say(`${pages} pages: ${kinds.sort().join(', ')}`);
  say(`  of the pages’ own blocks lost: ${score.lost.length} of ${score.own}`);
}

say('\npages      blocks     bytes of hashes   find, ms   µs a page');
for (let pages = 1_000; pages <= Number(values.pages); pages *= 10) {
  // Hashes of one thousand pages, with the pages' own ones changed for each thousand.
  const texts = generateSite(1_000, 1).map(({ blocks }) =>
    blocks.flatMap(({ text, chrome }) => hashesOf(text).map((hash) => ({ hash, chrome }))),
  );
  const packed = Array.from({ length: pages }, (_, at) => {
    const thousand = BigInt(Math.floor(at / 1_000)) << 40n;
    const page = texts[at % 1_000] ?? [];
    return packHashes(page.map(({ hash, chrome }) => (chrome === null ? hash ^ thousand : hash)));
  });
  const bytes = packed.reduce((sum, { length }) => sum + length, 0);
  const start = processorMs();
  findTemplateBlocks(packed.map((hashes) => ({ hashes: unpackHashes(hashes) })));
  const took = processorMs() - start;
  const row = [pages, bytes / 8, bytes, took.toFixed(0), ((1_000 * took) / pages).toFixed(1)];
  say(row.map((cell) => String(cell).padEnd(11)).join(''));
}

if (existsSync(values.folder)) report(values.folder);
else say(`\n(${values.folder} is not there)`);

function report(folder: string): void {
  const texts = globSync('**/*.html', { cwd: folder })
    .sort()
    .map((name) => pageOf(folder, name))
    .filter(({ refresh, words }) => refresh === null && words >= 40)
    .map(({ markdown }) => cleanMarkdown(markdown));
  const start = processorMs();
  const blocks = texts.map(blocksOf);
  const read = processorMs() - start;
  const templates = findTemplateBlocks(
    blocks.map((page) => ({ hashes: page.map(({ hash }) => hash) })),
  );
  const left = texts.map((text) => removeTemplateBlocks(text, templates));
  const removed = left.filter((text, at) => text !== texts[at]).length;
  say(`\n${folder}: ${texts.length} pages, ${blocks.flat().length} blocks`);
  say(`${((1_000 * read) / texts.length).toFixed(0)} µs a page to read its blocks`);
  say(
    `${removed} pages lose something, ${left.filter((text) => text === '').length} all that they have`,
  );
  for (const hash of templates) {
    const pages = blocks.flatMap((page, at) => {
      const block = page.find((one) => one.hash === hash);
      return block === undefined ? [] : [texts[at]?.slice(block.start, block.end) ?? ''];
    });
    say(`  on ${pages.length} pages: ${JSON.stringify(pages[0]?.slice(0, 120))}`);
  }
}

function pageOf(folder: string, name: string) {
  return extractPage({
    stage: 'raw',
    url: `https://blog.example/${name.replace(/index[.]html$/, '')}`,
    status: 200,
    body: readFileSync(`${folder}/${name}`),
    contentType: 'text/html',
    etag: null,
    lastModified: null,
    robotsTag: '',
  });
}
