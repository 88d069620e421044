import { and, asc, desc, eq, isNull, like } from 'drizzle-orm';
import { type ChannelMove, type MoveRequest, nextMove } from '#domain/channel.ts';
import { AppError } from '#domain/errors.ts';
import { isPairingId, pairingIdOf, validateManifest, verifyPairing } from '#domain/pairing.ts';
import type {
  AnswerRegistry,
  ChannelRegistry,
  KeyRegistry,
  PairingRegistry,
} from '#ports/release-registry.ts';
import { type Database, one, translated } from './database.ts';
import {
  answers,
  apiKeys,
  channelMoves,
  channels,
  feedback,
  pairings,
} from './schema/release-tables.ts';

export function createPairingRegistry(db: Database): PairingRegistry {
  const unknown = (id: string) =>
    new AppError('not_found', `there is no pairing ${id}; see lockstep pairing list.`, {
      param: 'pairing',
    });
  return {
    register: (manifest, at) =>
      translated(async () => {
        validateManifest(manifest);
        const id = pairingIdOf(manifest);
        await db.insert(pairings).values({ id, manifest, createdAt: at }).onConflictDoNothing();
        return one(await db.select().from(pairings).where(eq(pairings.id, id)), () => unknown(id));
      }),
    get: (id) =>
      translated(async () => {
        if (!isPairingId(id)) throw unknown(id);
        const rows = await db
          .select()
          .from(pairings)
          .where(like(pairings.id, `${id}%`))
          .limit(2);
        if (rows.length > 1) {
          throw new AppError('invalid_input', `${id} names several pairings; write more of it.`, {
            param: 'pairing',
          });
        }
        const pairing = one(rows, () => unknown(id));
        verifyPairing(pairing);
        return pairing;
      }),
    list: () => translated(() => db.select().from(pairings).orderBy(asc(pairings.createdAt))),
  };
}

export function createChannelRegistry(db: Database): ChannelRegistry {
  return {
    get: (name) =>
      translated(async () => {
        const rows = await db.select().from(channels).orderBy(channels.name);
        const channel = rows.find((row) => row.name === name);
        if (channel !== undefined) return channel;
        const known = rows.map((row) => row.name).join(', ');
        throw new AppError(
          'unknown_channel',
          `there is no channel ${name}; ${known === '' ? 'none has been promoted to yet: run lockstep promote' : `there are ${known}`}.`,
          { param: 'model' },
        );
      }),
    list: () => translated(() => db.select().from(channels).orderBy(channels.name)),
    history: (channel) =>
      translated(() =>
        db
          .select()
          .from(channelMoves)
          .where(channel === null ? undefined : eq(channelMoves.channel, channel))
          .orderBy(channelMoves.channel, channelMoves.number),
      ),
    move: (request) => translated(() => db.transaction((tx) => appendMove(tx, request))),
  };
}

async function appendMove(
  tx: Pick<Database, 'select' | 'insert'>,
  request: MoveRequest,
): Promise<ChannelMove> {
  const last = await tx
    .select()
    .from(channelMoves)
    .where(eq(channelMoves.channel, request.channel))
    .orderBy(desc(channelMoves.number))
    .limit(1);
  const move = nextMove(last[0] ?? null, request);
  await tx.insert(channelMoves).values(move);
  const row = { name: move.channel, pairingId: move.pairingId, move: move.number };
  await tx.insert(channels).values(row).onConflictDoUpdate({ target: channels.name, set: row });
  return move;
}

export function createAnswerRegistry(db: Database): AnswerRegistry {
  const get = (id: string) =>
    translated(async () =>
      one(
        await db.select().from(answers).where(eq(answers.id, id)),
        () => new AppError('not_found', `there is no answer ${id}.`, { param: 'answer' }),
      ),
    );
  return {
    record: (record) =>
      translated(async () => {
        const { pairingId, epoch } = record.answer.provenance;
        await db.insert(answers).values({ ...record, pairingId, epoch });
      }),
    get,
    list: (limit) =>
      translated(() => db.select().from(answers).orderBy(desc(answers.at)).limit(limit)),
    addFeedback: async (entry) => {
      await get(entry.answerId);
      await translated(async () => void (await db.insert(feedback).values(entry)));
    },
    feedback: (answerId) =>
      translated(async () => {
        const rows = await db
          .select()
          .from(feedback)
          .where(eq(feedback.answerId, answerId))
          .orderBy(feedback.at);
        return rows.map(({ id: _, ...row }) => row);
      }),
  };
}

export function createKeyRegistry(db: Database): KeyRegistry {
  return {
    add: (key) => translated(async () => void (await db.insert(apiKeys).values(key))),
    findByHash: (hash) =>
      translated(async () => {
        const rows = await db
          .select()
          .from(apiKeys)
          .where(and(eq(apiKeys.hash, hash), isNull(apiKeys.revokedAt)));
        return rows[0] ?? null;
      }),
    list: () => translated(() => db.select().from(apiKeys).orderBy(apiKeys.createdAt)),
    revoke: (id, at) =>
      translated(
        async () =>
          void (await db
            .update(apiKeys)
            .set({ revokedAt: at })
            .where(and(eq(apiKeys.id, id), isNull(apiKeys.revokedAt)))),
      ),
  };
}
