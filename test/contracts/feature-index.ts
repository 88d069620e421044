import { describe, expect, it } from 'vitest';
import type { FeatureIndex } from '#ports/feature-index.ts';
import { changingContract } from './feature-index/changing.ts';
import { filteringContract } from './feature-index/filtering.ts';
import { fusingContract } from './feature-index/fusing.ts';
import { groupingContract } from './feature-index/grouping.ts';
import { searchingContract } from './feature-index/searching.ts';
import { storingContract } from './feature-index/storing.ts';

/**
 * What every `FeatureIndex` promises. `index` gives the one to test; collections are its own. Says
 * at the end how many cases that were, and for which index.
 */
export function featureIndexContract(name: string, index: () => FeatureIndex): void {
  describe('the contract of an index', () => {
    describe('storing', () => storingContract(index));
    describe('changing', () => changingContract(index));
    describe('searching', () => searchingContract(index));
    describe('filtering', () => filteringContract(index));
    describe('grouping', () => groupingContract(index));
    describe('fusing', () => fusingContract(index));
    it('is held in every case that was tried', ({ task }) => {
      const cases = casesOf(task.suite ?? task).filter((one) => one !== task && one.mode === 'run');
      const passed = cases.filter(({ result }) => result?.state === 'pass');
      process.stdout.write(
        `contract of an index, ${name}: ${passed.length} of ${cases.length} cases hold\n`,
      );
      expect(passed).toHaveLength(cases.length);
    });
  });
}

type Task = {
  readonly type: string;
  readonly mode: string;
  readonly tasks?: readonly Task[];
  readonly result?: { readonly state: string } | undefined;
};

const casesOf = (task: Task): readonly Task[] =>
  task.type === 'test' ? [task] : (task.tasks ?? []).flatMap(casesOf);
