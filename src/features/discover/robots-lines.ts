/** One line of a robots.txt that says something. */
export type RobotsLine = {
  readonly key: 'user-agent' | 'allow' | 'disallow' | 'crawl-delay' | 'sitemap';
  readonly value: string;
};

/** RFC 9309, 2.5: at least 500 KiB must be read; more is not. */
const TEXT_LENGTH_MAX = 500 * 1_024;
/** Google's limit: eight times the longest URL. What is beyond it is not read. */
const LINE_LENGTH_MAX = 2_083 * 8;

/** Each key by all the spellings that are meant for it; a line's key may go on after one. */
const SPELLINGS: readonly (readonly [RobotsLine['key'], readonly string[]])[] = [
  ['user-agent', ['user-agent', 'useragent', 'user agent']],
  ['allow', ['allow']],
  ['disallow', ['disallow', 'dissallow', 'dissalow', 'disalow', 'diasllow', 'disallaw']],
  ['crawl-delay', ['crawl-delay', 'crawldelay', 'crawl delay']],
  ['sitemap', ['sitemap', 'site-map']],
];

/** The lines of a robots.txt in order, without comments and without what is no rule. */
export function* parseRobotsLines(text: string): Generator<RobotsLine> {
  for (const line of readable(text.replace(/^\ufeff/, '')).split(/\r\n|\n|\r/)) {
    const parsed = parseLine(line.slice(0, LINE_LENGTH_MAX));
    if (parsed !== null) yield parsed;
  }
}

/** What is read of a text; a line that its end would cut is a rule that nobody wrote. */
function readable(text: string): string {
  if (text.length <= TEXT_LENGTH_MAX) return text;
  const read = text.slice(0, TEXT_LENGTH_MAX);
  return read.slice(0, Math.max(read.lastIndexOf('\n'), read.lastIndexOf('\r')) + 1);
}

function parseLine(line: string): RobotsLine | null {
  const comment = line.indexOf('#');
  const said = (comment < 0 ? line : line.slice(0, comment)).trim();
  const [name, value] = splitLine(said);
  const key = SPELLINGS.find(([, spellings]) => spellings.some((way) => name.startsWith(way)))?.[0];
  return key === undefined ? null : { key, value };
}

/** At the colon; without one, at the only white space. */
function splitLine(said: string): readonly [string, string] {
  const colon = said.indexOf(':');
  if (colon >= 0) return [said.slice(0, colon).trim().toLowerCase(), said.slice(colon + 1).trim()];
  const [name = '', value = '', ...more] = said.split(/[ \t]+/);
  return more.length > 0 ? ['', ''] : [name.toLowerCase(), value];
}
