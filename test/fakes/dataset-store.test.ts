import { describe } from 'vitest';
import { datasetStoreContract } from '../contracts/dataset-store.ts';
import { createDatasetStoreInMemory } from './dataset-store.ts';

describe('the dataset store in memory', () => {
  datasetStoreContract(() => createDatasetStoreInMemory().store);
});
