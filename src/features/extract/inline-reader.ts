import { AppError } from '#domain/errors.ts';
import type { PageReader } from '#ports/page-reader.ts';
import { extractPage } from './extract.ts';

/** Reads pages where it is called, with no bounds but those of extraction itself. */
export const createInlineReader = (): PageReader => ({
  async read(page, signal) {
    if (signal.aborted) {
      const cause = signal.reason;
      throw new AppError('cancelled', 'the reading of a page was cancelled', { cause });
    }
    return extractPage(page);
  },
});
