import { describe } from 'vitest';
import { createMemoryBlobStore } from '#adapters/memory/blob-store.ts';
import { blobStoreContract } from '../../contracts/blob-store.ts';

describe('memory blob store', () => blobStoreContract(createMemoryBlobStore));
