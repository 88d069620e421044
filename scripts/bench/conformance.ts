import { parseArgs } from 'node:util';
import { scoreEncodings } from './conformance/encodings.ts';
import { scoreFeeds } from './conformance/feeds.ts';
import { scoreRobots } from './conformance/robots.ts';
import type { Score } from './conformance/score.ts';

/**
 * `node scripts/bench/conformance.ts [--folder F] [--failures]`: how many of the cases of others
 * each parser passes: robots.txt (google/robotstxt), charsets (html-encoding-sniffer), and title,
 * link, id, dates, texts and language of the entries of feeds (feedparser), by group. `--folder` is
 * another folder laid out in the same way, `--failures` says what each failed case expected and got.
 */
const { values } = parseArgs({
  options: {
    folder: { type: 'string', default: '../shared/data' },
    failures: { type: 'boolean', default: false },
  },
});

const scores: readonly Score[] = [
  ...scoreRobots(`${values.folder}/robots`),
  ...scoreEncodings(`${values.folder}/encoding`),
  ...scoreFeeds(`${values.folder}/feeds`),
];

const print = (line: string): void => void process.stdout.write(`${line}\n`);

for (const { name, passed, of, failures, note } of scores) {
  print(`${name.padEnd(28)} ${String(passed).padStart(5)} of ${of}${note ? `  ${note}` : ''}`);
  if (!values.failures) continue;
  for (const { what, expected, got } of failures) {
    print(`    ${what}`);
    print(`      expected ${JSON.stringify(expected)}`);
    print(`      got      ${JSON.stringify(got)}`);
  }
}
if (scores.length === 0) print(`nothing to score: ${values.folder} has no such folders`);
