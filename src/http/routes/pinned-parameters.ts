import { AppError } from '#domain/errors.ts';
import { type GenerationParameters, isPairingId, type Pairing } from '#domain/pairing.ts';
import type { HttpDeps } from '../deps.ts';

type PairingReader = Pick<HttpDeps['registry'], 'channels' | 'pairings'>;

const PINNED = {
  temperature: 'temperature',
  max_tokens: 'tokensMax',
  max_completion_tokens: 'tokensMax',
  seed: 'seed',
} as const satisfies Readonly<Record<string, keyof GenerationParameters>>;

const NAMES = Object.keys(PINNED) as (keyof typeof PINNED)[];

type Asked = Readonly<Partial<Record<keyof typeof PINNED, number | null | undefined>>>;

/**
 * Generation parameters are the pairing's. Many clients send one all the same: the pairing's own
 * value passes, any other is refused by name. Reads the registry only when one was sent.
 */
export async function requirePinned(
  registry: PairingReader,
  target: string,
  asked: Asked,
): Promise<void> {
  const sent = NAMES.filter((param) => (asked[param] ?? null) !== null);
  if (sent.length === 0) return;
  const { id, manifest } = await pairingOf(registry, target);
  for (const param of sent) {
    const own = manifest.generation[PINNED[param]];
    const value = asked[param];
    if (value === own) continue;
    throw new AppError(
      'invalid_input',
      `${param} is ${own} in ${id}, not ${value}: a pairing pins it. Leave it out, or make a ` +
        'pairing with another value and ask that.',
      { param },
    );
  }
}

/** The pairing that a channel's name or a pairing's id names now. */
export async function pairingOf(registry: PairingReader, target: string): Promise<Pairing> {
  const { channels, pairings } = registry;
  return pairings.get(isPairingId(target) ? target : (await channels.get(target)).pairingId);
}
