import { sha256 } from '#domain/hash.ts';
import type { DocumentRegistry } from '#ports/source-registry.ts';

const ORIGIN = 'https://bench.example';
const AT = '2026-01-02T03:04:05.000Z';
const SECTIONS = 5;
const SENTENCES = 9;
const WORDS_PER_SENTENCE = 16;
/** Vocabulary of a language: few words are frequent, most are rare. */
const VOCABULARY = 40_000;

const STEMS =
  'harbour lantern meadow granite copper willow orchard thunder velvet saffron ember glacier'.split(
    ' ',
  );

/** Posts of some 5 sections and 4 kB of Markdown; another edition has another last section. */
export async function recordPosts(
  documents: Pick<DocumentRegistry, 'record'>,
  { from, to, edition }: { readonly from: number; readonly to: number; readonly edition: number },
): Promise<void> {
  for (let number = from; number < to; number += 1) {
    const url = `${ORIGIN}/post-${number}`;
    const markdown = markdownOf(number, edition);
    const post = {
      url,
      sourceName: 'bench',
      blobKey: sha256(markdown),
      contentType: 'text/html',
      markdown,
      metadata: {
        title: `Post ${number}`,
        byline: null,
        publishedAt: AT,
        modifiedAt: null,
        language: 'en',
        tags: [`tag-${number % 20}`],
      },
      extractedBy: 'bench',
      marks: { signature: null, blocks: new Uint8Array() },
    } as unknown as Parameters<DocumentRegistry['record']>[0];
    const page = {
      sourceName: 'bench',
      url,
      documentId: null,
      etag: null,
      lastModified: null,
      bodyHash: null,
      links: [],
      outcome: 'document',
      goneCount: 0,
      extractedBy: 'bench',
      checkedAt: AT,
    } as unknown as Parameters<DocumentRegistry['record']>[1];
    await documents.record(post, page, AT);
  }
}

function markdownOf(number: number, edition: number): string {
  const sections = Array.from({ length: SECTIONS }, (_, section) => {
    const isLast = section === SECTIONS - 1;
    const word = wordsFrom(number * 31 + section + (isLast ? edition * 7_919 : 0));
    const sentence = () => `${Array.from({ length: WORDS_PER_SENTENCE }, word).join(' ')}.`;
    const text = Array.from({ length: SENTENCES }, sentence).join(' ');
    return `## Section ${section} of ${word()}\n\n${text}`;
  });
  return `# Post ${number}\n\n${sections.join('\n\n')}\n`;
}

/** Words of a Zipf-like distribution, by a generator with a seed. */
function wordsFrom(seed: number): () => string {
  let state = Math.imul(seed, 2_654_435_761) >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const rank = Math.floor(VOCABULARY ** ((state >>> 0) / 2 ** 32));
    return `${STEMS[rank % STEMS.length]}${rank}`;
  };
}
