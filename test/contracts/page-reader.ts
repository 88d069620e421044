import { afterEach, beforeEach, expect, it } from 'vitest';
import type { PageReader } from '#ports/page-reader.ts';
import { PAGE_URL, rawPage } from '../features/raw-page.ts';

export type MadeReader = { readonly reader: PageReader; close(): Promise<void> };

const PROSE = 'The harbour was quiet, and the boats lay where the tide had left them, in mud.';
const post = (title: string) =>
  `<html lang=en><title>${title}</title><nav><a href="/all">All</a></nav>
   <main><h1>${title}</h1>${`<p>${PROSE} ${title}.</p>`.repeat(5)}</main></html>`;

/** What every `PageReader` promises. */
export function pageReaderContract(make: () => MadeReader): void {
  let made: MadeReader;
  beforeEach(() => {
    made = make();
  });
  afterEach(() => made.close());
  const { signal } = new AbortController();

  it('reads content, metadata and links', async () => {
    const page = await made.reader.read(rawPage(post('Boats')), signal);
    expect(page).toMatchObject({
      stage: 'extracted',
      url: PAGE_URL,
      links: ['https://blog.example/all'],
      metadata: { title: 'Boats', language: 'en', author: null, tags: [] },
      words: 5 * 17,
      linkShare: 0,
      asksPassword: false,
      malformed: null,
    });
    expect(page.markdown).toBe(Array(5).fill(`${PROSE} Boats.`).join('\n\n'));
  });

  it('leaves the body with its caller, whatever buffer it is part of', async () => {
    const whole = new TextEncoder().encode(`<p>not this${post('Boats')}<p>nor this`);
    const start = '<p>not this'.length;
    const body = whole.subarray(start, start + post('Boats').length);
    const page = await made.reader.read(rawPage(body), signal);
    expect(page.markdown).not.toMatch(/not this|nor this/);
    expect(new TextDecoder().decode(body)).toBe(post('Boats'));
    expect(whole.buffer.detached).toBe(false);
  });

  it('gives each of many pages its own answer', async () => {
    const titles = Array.from({ length: 30 }, (_, at) => `Post ${at}`);
    const pages = await Promise.all(
      titles.map((title) => made.reader.read(rawPage(post(title)), signal)),
    );
    expect(pages.map(({ metadata }) => metadata.title)).toEqual(titles);
  });

  it('says why a page cannot be read', async () => {
    const page = await made.reader.read(rawPage('<div>'.repeat(50_000)), signal);
    expect(page).toMatchObject({ url: PAGE_URL, markdown: '', words: 0 });
    expect(page.malformed).toContain('nest deeper');
  });

  it('reads any bytes', async () => {
    const page = await made.reader.read(rawPage(Uint8Array.of(0, 255, 60, 33)), signal);
    expect(page.metadata.title).not.toBe('');
  });

  it('rejects when it is cancelled', async () => {
    const aborted = made.reader.read(rawPage(post('Boats')), AbortSignal.abort());
    await expect(aborted).rejects.toMatchObject({ name: 'AppError', code: 'cancelled' });
  });
}
