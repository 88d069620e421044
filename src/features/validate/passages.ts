/** A link of Markdown; brackets in its text are in pairs or escaped. */
const LINK = /\[(?:[^[\]\\\n]|\\.|\[[^[\]\n]{0,500}\]){0,2000}\]\((?:<[^<>\n]*>|[^)\s<>]*)\)/;

/** Words of the longest stretch of Markdown between two links. */
export function longestPassage(markdown: string): number {
  let longest = 0;
  for (const stretch of markdown.split(LINK)) {
    longest = Math.max(longest, stretch.split(/\s+/).filter(Boolean).length);
  }
  return longest;
}

const HEADING = /^ {0,3}#{1,6}[ \t]+(?<text>\S.*?)[ \t]*#*[ \t]*$/;
const LINKED = /^\[[^\n]*\]\(<?(?<href>https?:\/\/[^\s<>]+?)>?\)$/;

/** How many headings there are, and how many of them are links to other pages of the same site. */
export function countHeadings(markdown: string, url: string) {
  const host = URL.parse(url)?.host;
  const counts = { headings: 0, links: 0 };
  for (const line of markdown.split('\n')) {
    const text = HEADING.exec(line)?.groups?.['text'];
    if (text === undefined) continue;
    counts.headings += 1;
    const target = URL.parse(LINKED.exec(text)?.groups?.['href'] ?? '');
    if (target === null || target.host !== host) continue;
    if (target.pathname !== URL.parse(url)?.pathname) counts.links += 1;
  }
  return counts;
}

/** The first heading, when nothing stands before it. */
export function firstHeading(markdown: string): string | null {
  const [line = ''] = markdown.trimStart().split('\n', 1);
  return HEADING.exec(line)?.groups?.['text'] ?? null;
}
