import { describe } from 'vitest';
import type { FeatureIndex } from '#ports/feature-index.ts';
import { searchingContract } from './feature-index/searching.ts';
import { storingContract } from './feature-index/storing.ts';

/** What every `FeatureIndex` promises. `index` gives the one to test; collections are its own. */
export function featureIndexContract(index: () => FeatureIndex): void {
  describe('storing', () => storingContract(index));
  describe('searching', () => searchingContract(index));
}
