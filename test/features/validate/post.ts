import type { CleanPost } from '#features/clean/clean.ts';
import { countWords } from '#features/extract/words.ts';
import { judge } from '#features/validate/validate.ts';

/** A post as it comes out of clean, with its words counted. */
export function postOf(
  title: string,
  markdown: string,
  rest: Partial<Omit<CleanPost, 'metadata'>> = {},
): CleanPost {
  return {
    stage: 'clean',
    url: 'https://blog.example/posts/first',
    markdown,
    metadata: {
      title,
      author: null,
      publishedAt: null,
      modifiedAt: null,
      language: null,
      siteName: null,
      description: null,
      tags: [],
    },
    words: countWords(markdown),
    linkShare: 0,
    codeLength: 0,
    asksPassword: false,
    ...rest,
  };
}

/** `accepted`, or the code of the reason why not. */
export function outcomeOf(post: CleanPost): string {
  const verdict = judge(post);
  return verdict.kind === 'accepted' ? 'accepted' : verdict.code;
}
