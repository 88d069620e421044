import { describe } from 'vitest';
import { createInlineReader } from '#features/extract/inline-reader.ts';
import { pageReaderContract } from '../../contracts/page-reader.ts';

describe('in place', () =>
  pageReaderContract(() => ({ reader: createInlineReader(), close: async () => undefined })));
