import { AppError, toAppError } from '#domain/errors.ts';
import type { InferenceDependencies } from './dependencies.ts';
import { resolveEpoch, resolveServing } from './resolve.ts';

export type ServedChannel = {
  readonly channel: string;
  readonly pairingId: string;
  readonly viewId: string;
  readonly epoch: number;
  readonly modelId: string;
};

/**
 * What every channel serves, after checking all that its pairing pins: stored parts against their
 * hashes, the embedder against the view's fingerprint, the chat model against the configuration.
 * Rejects at the first channel that could not answer, with the code of the reason and the
 * channel's name.
 */
export async function checkServing(
  deps: Omit<InferenceDependencies, 'answers' | 'documents' | 'index'>,
  signal: AbortSignal,
): Promise<readonly ServedChannel[]> {
  const served: ServedChannel[] = [];
  for (const { name } of await deps.channels.list()) {
    try {
      const { pairing, view, model } = await resolveServing(deps, name, signal);
      deps.chatModelOf(model);
      const epoch = resolveEpoch(view, null);
      served.push({
        channel: name,
        pairingId: pairing.id,
        viewId: view.id,
        epoch,
        modelId: model.id,
      });
    } catch (thrown) {
      const { code, message, retryable } = toAppError(thrown);
      throw new AppError(code, `channel ${name}: ${message}`, { retryable, cause: thrown });
    }
  }
  return served;
}
