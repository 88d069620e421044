import { type ChannelMove, nextMove } from '#domain/channel.ts';
import { AppError } from '#domain/errors.ts';
import { type Pairing, pairingIdOf, validateManifest } from '#domain/pairing.ts';
import type { ChannelRegistry, PairingRegistry } from '#ports/release-registry.ts';

export function createPairingsInMemory(): PairingRegistry {
  const rows: Pairing[] = [];
  return {
    register: async (manifest, at) => {
      validateManifest(manifest);
      const id = pairingIdOf(manifest);
      const known = rows.find((row) => row.id === id);
      if (known === undefined) rows.push({ id, manifest, createdAt: at });
      return known ?? { id, manifest, createdAt: at };
    },
    get: async (id) => {
      const row = rows.find((pairing) => pairing.id.startsWith(id));
      if (row === undefined) throw new AppError('not_found', `there is no pairing ${id}`);
      return row;
    },
    list: async () => rows,
  };
}

export type FakeChannels = ChannelRegistry & {
  /** The stored moves themselves, for tests that tamper with them. */
  readonly moves: ChannelMove[];
};

export function createChannelsInMemory(): FakeChannels {
  const moves: ChannelMove[] = [];
  const pointers = new Map<string, { pairingId: string; move: number }>();
  const list = () => [...pointers].map(([name, pointer]) => ({ name, ...pointer }));
  return {
    moves,
    get: async (name) => {
      const channel = list().find((known) => known.name === name);
      if (channel === undefined)
        throw new AppError('unknown_channel', `there is no channel ${name}`);
      return channel;
    },
    list: async () => list(),
    history: async (name) => moves.filter((move) => name === null || move.channel === name),
    move: async (request) => {
      const last = moves.findLast(({ channel }) => channel === request.channel) ?? null;
      const move = nextMove(last, request);
      moves.push(move);
      pointers.set(move.channel, { pairingId: move.pairingId, move: move.number });
      return move;
    },
  };
}
