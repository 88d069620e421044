import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { decodeHtml } from '#features/extract/decode.ts';
import { type Score, scoreOf } from './score.ts';

/** Pages named `what-is-special_ENCODING.html`, or by their encoding alone. */
export function scoreEncodings(folder: string): readonly Score[] {
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.html'))
    .sort();
  const results = files.map((name) => {
    const body = readFileSync(`${folder}/${name}`);
    const expected = new TextDecoder(encodingOf(name)).decode(body);
    const got = decodeHtml(body, '');
    return got === expected ? null : { what: name, expected: encodingOf(name), got: firsts(got) };
  });
  return [scoreOf('encoding', results)];
}

/** What a page declares of itself as UTF-16 without being it is UTF-8 (HTML, "prescan"). */
function encodingOf(path: string): string {
  const [group, file = ''] = path.split('/');
  const stem = file.replace(/\.html$/, '');
  const label = stem.slice(stem.lastIndexOf('_') + 1);
  return group === 'utf' ? 'utf-8' : label;
}

const firsts = (text: string): string => text.slice(0, 80);
