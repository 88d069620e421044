import { AppError } from '#domain/errors.ts';
import type { Evaluation } from '#domain/evaluation.ts';
import type { FeatureView } from '#domain/feature-view.ts';
import type { Pairing } from '#domain/pairing.ts';

/** Throws `gate_refused` unless the pairing's view is what it was assembled on, and readable. */
export function requireView(pairing: Pairing, view: FeatureView): void {
  const { manifest } = pairing;
  const same =
    view.specHash === manifest.viewSpecHash && view.fingerprint === manifest.embedderFingerprint;
  if (!same) {
    throw refusal(
      `${pairing.id} was assembled on another spec or embedder than ${view.id} has now. ` +
        'Assemble a pairing on the view as it is.',
    );
  }
  if (view.droppedAt !== null) {
    throw refusal(
      `view ${view.id} of ${pairing.id} was dropped ${view.droppedAt}. Build it anew by ` +
        'lockstep reembed, and assemble a pairing on that.',
    );
  }
  if (view.publishedEpoch === 0) {
    throw refusal(`view ${view.id} of ${pairing.id} has no published epoch. Run lockstep crawl.`);
  }
}

/**
 * Throws `gate_refused` without an evaluation, unless that is allowed, and for one in which any
 * question failed: its means say how often the provider broke, not how good the pairing is.
 */
export function requireEvaluation(
  pairing: Pairing,
  evaluation: Evaluation | null,
  allowUnevaluated: boolean,
): void {
  if (evaluation === null) {
    if (allowUnevaluated) return;
    throw refusal(
      `${pairing.id} has not been evaluated. Run lockstep evaluate, or allow it unevaluated.`,
    );
  }
  if (evaluation.pairingId !== pairing.id) {
    throw new AppError(
      'invalid_input',
      `evaluation ${evaluation.id} is of ${evaluation.pairingId}, not of ${pairing.id}.`,
      { param: 'evaluation' },
    );
  }
  const failed = evaluation.results.find(({ error }) => error !== null);
  if (failed === undefined && evaluation.metrics.failed === 0) return;
  throw refusal(
    `${evaluation.metrics.failed} question(s) of evaluation ${evaluation.id} failed, the first ` +
      `${failed?.questionId ?? 'unknown'} with ${failed?.error ?? 'no reason'}. ` +
      'Remove the cause and run lockstep evaluate again.',
  );
}

const refusal = (message: string): AppError =>
  new AppError('gate_refused', message, { param: 'pairing' });
