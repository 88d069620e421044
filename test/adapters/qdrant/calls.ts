import type { FeatureIndex } from '#ports/feature-index.ts';
import {
  allOf,
  ask,
  idOf,
  point,
  signal,
  terms,
  viewNumber,
} from '../../contracts/feature-index/points.ts';

export const view = viewNumber(1, 3, 'failing');
export const hybrid = ask({ dense: Float32Array.of(1, 0, 0), sparse: terms([1, 1]) });

/** Everything that needs a collection, called on `view`. */
export const calls = (index: FeatureIndex) => ({
  upsert: () => index.upsert(view, [point('a')], signal),
  setEnd: () => index.setEnd(view, [idOf('a')], 2, signal),
  remove: () => index.remove(view, [idOf('a')], signal),
  seal: () => index.seal(view, 1, signal),
  search: () => index.search(view, hybrid, signal),
  fetch: () => index.fetch(view, [idOf('a')], signal),
  vectors: () => index.vectors(view, [idOf('a')], signal),
  count: () => index.count(view, 1, signal),
  scan: () => allOf(index.scan(view, signal)),
});
