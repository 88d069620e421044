import { createRandom } from '../../random.ts';

/** Bytes of every page, give or take a paragraph. */
export const PAGE_BYTES = 148_000;

const WORDS =
  'crawl page host index chunk vector epoch pairing channel answer source revision document link title ' +
  'table cache queue token prompt model label snapshot dataset ranking recall latency budget retry robots ' +
  'the a of and to in that is for on with as by from at it this which are not be was has its can will';
const VOCABULARY = WORDS.split(' ');

/**
 * A post as real sites serve them: a head full of tags, scripts and styles, navigation, an article
 * of paragraphs, lists, tables and code with links to other pages, related posts, a foot.
 */
export function longPage(seed: number, pages: number): string {
  const random = createRandom(seed);
  const pick = (max: number) => Math.floor(random() * max);
  const words = (count: number) =>
    Array.from({ length: count }, () => VOCABULARY[pick(VOCABULARY.length)]).join(' ');
  const link = () => `<a class="ref" href="/posts/${pick(pages)}">${words(3)}</a>`;
  const paragraph = () =>
    `<p>${words(30)}, ${link()} ${words(25)} <em>${words(3)}</em> ${words(20)} <code>${words(2)}</code>.</p>`;
  const list = () =>
    `<ul class="points">${Array.from({ length: 5 }, () => `<li>${words(9)} ${link()}</li>`).join('')}</ul>`;
  const row = () => `<tr><td>${words(2)}</td><td>${pick(1000)}</td><td>${words(4)}</td></tr>`;
  const table = () =>
    `<table><thead><tr><th>name</th><th>n</th><th>what</th></tr></thead><tbody>${Array.from({ length: 6 }, row).join('')}</tbody></table>`;
  const code = () =>
    `<pre><code class="language-js">const ${words(1)} = (${words(1)}) =&gt; {\n  return '${words(6)}';\n};</code></pre>`;
  const figure = () =>
    `<figure><img src="/images/${pick(999)}.webp" alt="${words(5)}" loading="lazy" width="800" height="450"><figcaption>${words(8)}</figcaption></figure>`;
  const blocks = [paragraph, paragraph, paragraph, list, paragraph, table, code, paragraph, figure];
  const card = () =>
    `<div class="card"><div class="card__in"><a href="/posts/${pick(pages)}"><span>${words(6)}</span></a><time datetime="2026-01-0${1 + pick(9)}">${words(2)}</time></div></div>`;
  const head =
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${words(6)} | Site</title>` +
    `<link rel="canonical" href="/posts/${seed}"><meta name="description" content="${words(20)}">` +
    `<meta property="og:title" content="${words(6)}"><meta property="article:published_time" content="2026-01-02T03:04:05Z">` +
    `<style>${'.card__in{display:flex;gap:8px;padding:4px 8px}'.repeat(250)}</style>` +
    `<script>${'window.queue=window.queue||[];queue.push(["event",1]);'.repeat(200)}</script></head><body>` +
    `<header><nav><ul>${Array.from({ length: 40 }, (_, at) => `<li><a href="/topics/${at}">${words(2)}</a></li>`).join('')}</ul></nav></header><main><article><h1>${words(6)}</h1>`;
  const foot =
    `</article><aside class="related">${Array.from({ length: 60 }, card).join('')}</aside></main>` +
    `<footer><ul>${Array.from({ length: 30 }, (_, at) => `<li><a href="/about/${at}">${words(2)}</a></li>`).join('')}</ul></footer></body></html>`;
  let article = '';
  for (let at = 0; head.length + article.length + foot.length < PAGE_BYTES; at += 1) {
    if (at % 12 === 0) article += `<h2 id="part-${at}">${words(4)}</h2>`;
    article += blocks[at % blocks.length]?.() ?? '';
  }
  return head + article + foot;
}
