import { createServer, type Server } from 'node:http';
import { parseArgs } from 'node:util';

/**
 * `node scripts/bench/generated-site.ts --pages N --port P`: a site of N posts that link to each
 * other, made as they are asked for, so that its size costs no memory. Each post names its ten
 * children (a tree, ten wide), its parent and some posts far away, has a text of its own, and an
 * entity tag. Prints its origin when it listens.
 */
const { values } = parseArgs({
  options: { pages: { type: 'string', default: '1000' }, port: { type: 'string', default: '0' } },
});
const pages = Number(values.pages);
const CHILDREN = 10;
const FAR_LINKS = 10;

const WORDS =
  'harbour lantern meadow granite copper willow orchard thunder velvet saffron ember glacier '
    .repeat(1)
    .trim()
    .split(' ');

/** A post's own text: words by a generator seeded with its number. */
function textOf(number: number): string {
  let state = number * 2_654_435_761 + 1;
  const word = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return `${WORDS[state % WORDS.length]}${(state >>> 8) % 1_000}`;
  };
  const sentence = () => `${Array.from({ length: 14 }, word).join(' ')}.`;
  return Array.from(
    { length: 4 },
    () => `<p>${Array.from({ length: 4 }, sentence).join(' ')}</p>`,
  ).join('');
}

function linksOf(number: number): string {
  const children = Array.from({ length: CHILDREN }, (_, at) => number * CHILDREN + at + 1);
  const far = Array.from({ length: FAR_LINKS }, (_, at) => (number * 7_919 + at * 104_729) % pages);
  return [...children, Math.floor((number - 1) / CHILDREN), ...far]
    .filter((target) => target >= 0 && target < pages)
    .map((target) => `<li><a href="/post-${target}">Post ${target}</a></li>`)
    .join('');
}

const pageOf = (number: number): string =>
  `<!doctype html><html lang="en"><head><title>Post ${number}</title></head><body><main><article>` +
  `<h1>Post ${number}</h1>${textOf(number)}</article></main><nav><ul>${linksOf(number)}</ul></nav>` +
  '</body></html>';

const server: Server = createServer((request, response) => {
  const path = request.url ?? '/';
  const number = path === '/' ? 0 : Number(/^\/post-(\d+)$/.exec(path)?.[1] ?? Number.NaN);
  if (!(number >= 0 && number < pages)) {
    response.writeHead(404, { 'content-type': 'text/plain' }).end('not here');
    return;
  }
  const etag = `"post-${number}"`;
  if (request.headers['if-none-match'] === etag) {
    response.writeHead(304, { etag }).end();
    return;
  }
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', etag }).end(pageOf(number));
});
server.listen(Number(values.port), '127.0.0.1', () => {
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  process.stdout.write(`http://127.0.0.1:${port}\n`);
});
