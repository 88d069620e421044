/**
 * Words that carry a sentence's grammar and not its subject, lower case: Lucene's English list, and
 * the pronouns, question words and auxiliaries that questions are made of. Measured on Cranfield,
 * CACM, chunking-evaluation and the sample posts (`scripts/bench/retrieval.ts`), the second part adds
 * .008–.023 nDCG@10 on each. Words that can be a subject (`up`, `most`, `while`, `same`) are left in.
 */
export const STOP_WORDS: ReadonlySet<string> = new Set(
  (
    'a an and are as at be but by for if in into is it no not of on or such that the their then ' +
    'there these they this to was will with ' +
    'i me my we us our you your he him his she her hers its them theirs ours yours ' +
    'what which who whom whose those how when where why ' +
    'am were been being have has had having do does did doing can should could would about than so also from ' +
    "don't doesn't didn't isn't aren't can't i'm i've it's that's there's you're we're they're what's"
  ).split(' '),
);
