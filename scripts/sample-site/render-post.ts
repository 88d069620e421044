import { Marked, type Token, type Tokens } from 'marked';
import { AppError } from '#domain/errors.ts';
import { linkAsWritten } from './awkward.ts';
import type { Post } from './blog.ts';
import { barsOf, CHARTS, chartAlt, chartPath, chartSvg } from './charts.ts';
import { highlight } from './highlight.ts';
import { escaped, type Markup, markup, trusted } from './markup.ts';

/** A post with what its Markdown became. */
export type Article = {
  readonly post: Post;
  /** Body of the article, without its title. */
  readonly body: Markup;
  /** The chart that the body shows as `/images/<slug>.svg`, when it has one. */
  readonly chart: Markup | null;
};

/** The HTML of a post's Markdown, with its links as the post writes them and its chart, if any. */
export function renderPost(post: Post): Article {
  const marked = rendererFor(post);
  const tokens: Token[] = marked.lexer(post.markdown);
  const chart = CHARTS[post.slug];
  const at = tokens.findIndex(({ type }) => type === 'table');
  if (chart !== undefined && at < 0) {
    throw new AppError('malformed', `charts.ts: ${post.slug}.md has no table to draw`);
  }
  if (chart === undefined) {
    return { post, body: trusted(marked.parser(tokens)), chart: null };
  }

  const bars = barsOf((tokens[at] as Tokens.Table).rows, chart.column);
  const figure = markup`<figure class="chart">
<img src="${chartPath(post)}" alt="${chartAlt(chart.caption, bars)}" width="720" loading="lazy">
<figcaption>${chart.caption}</figcaption>
</figure>
`.markup;
  const html = { type: 'html', raw: figure, text: figure, block: true, pre: false } as const;
  const body = marked.parser(tokens.toSpliced(at + 1, 0, html));
  return { post, body: trusted(body), chart: chartSvg(chart.caption, bars) };
}

function rendererFor(post: Post): Marked {
  const ids = new Map<string, number>();
  return new Marked({
    gfm: true,
    renderer: {
      code({ text, lang = '' }) {
        const name = lang === '' ? 'text' : lang;
        const code = highlight(text, name);
        return markup`<pre><code class="language-${name}">${code}\n</code></pre>\n`.markup;
      },
      heading({ tokens, depth }) {
        const id = uniqueId(ids, this.parser.parseInline(tokens, this.parser.textRenderer));
        const inner = this.parser.parseInline(tokens);
        const anchor = `<a class="anchor" href="#${id}" aria-hidden="true">#</a>`;
        return `<h${depth} id="${id}">${inner} ${anchor}</h${depth}>\n`;
      },
      link({ href, tokens }) {
        const target = escaped(linkAsWritten(post.slug, href));
        return `<a href="${target}">${this.parser.parseInline(tokens)}</a>`;
      },
    },
  });
}

function uniqueId(taken: Map<string, number>, title: string): string {
  const plain = title.normalize('NFD').replaceAll(/\p{M}|&[a-z#0-9]+;/gu, '');
  const id = plain
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
  const count = taken.get(id) ?? 0;
  taken.set(id, count + 1);
  return count === 0 ? id : `${id}-${count + 1}`;
}
