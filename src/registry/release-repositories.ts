import { and, desc, eq, isNull, like, sql } from 'drizzle-orm';
import { type ChannelMove, type MoveRequest, nextMove } from '#domain/channel.ts';
import { AppError } from '#domain/errors.ts';
import { isPairingId, pairingIdOf, validateManifest, verifyPairing } from '#domain/pairing.ts';
import type {
  AnswerRegistry,
  ChannelRegistry,
  KeyRegistry,
  PairingRegistry,
} from '#ports/release-registry.ts';
import type { Database } from './database.ts';
import { one, translated } from './errors.ts';
import { byCode, hasId } from './queries.ts';
import { instantOf } from './schema/instant.ts';
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
    list: () =>
      translated(() => db.select().from(pairings).orderBy(pairings.createdAt, byCode(pairings.id))),
  };
}

export function createChannelRegistry(db: Database): ChannelRegistry {
  return {
    get: (name) =>
      translated(async () => {
        const rows = await db.select().from(channels).orderBy(byCode(channels.name));
        const channel = rows.find((row) => row.name === name);
        if (channel !== undefined) return channel;
        const known = rows.map((row) => row.name).join(', ');
        throw new AppError(
          'unknown_channel',
          `there is no channel ${name}; ${known === '' ? 'none has been promoted to yet: run lockstep promote' : `there are ${known}`}.`,
          { param: 'model' },
        );
      }),
    list: () => translated(() => db.select().from(channels).orderBy(byCode(channels.name))),
    history: (channel) =>
      translated(() =>
        db
          .select()
          .from(channelMoves)
          .where(channel === null ? undefined : eq(channelMoves.channel, channel))
          .orderBy(byCode(channelMoves.channel), channelMoves.number),
      ),
    move: (request) =>
      translated(() => db.transaction((tx) => appendMove(tx, request))).catch((thrown: unknown) => {
        throw movedMeanwhile(request.channel, thrown);
      }),
  };
}

const movedMeanwhile = (channel: string, thrown: unknown): unknown =>
  thrown instanceof AppError && thrown.code === 'already_exists'
    ? new AppError(
        'already_exists',
        `channel ${channel} was moved by somebody else meanwhile; see lockstep history, and move again.`,
        { cause: thrown },
      )
    : thrown;

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
  // The hash is over the instant as it is read back.
  const move = nextMove(last[0] ?? null, { ...request, at: instantOf(request.at) });
  await tx.insert(channelMoves).values(move);
  const row = { name: move.channel, pairingId: move.pairingId, move: move.number };
  await tx.insert(channels).values(row).onConflictDoUpdate({ target: channels.name, set: row });
  return move;
}

/** The other columns only repeat what `answer` holds, for whoever queries the database. */
const RECORD = {
  id: answers.id,
  question: answers.question,
  answer: answers.answer,
  at: answers.at,
  durationMs: answers.durationMs,
};

export function createAnswerRegistry(db: Database): AnswerRegistry {
  const get = (id: string) =>
    translated(async () =>
      one(
        await db.select(RECORD).from(answers).where(eq(answers.id, id)),
        () => new AppError('not_found', `there is no answer ${id}.`, { param: 'answer' }),
      ),
    );
  return {
    record: (record) =>
      translated(async () => {
        const { pairingId, epoch, filter = null } = record.answer.provenance;
        await db.insert(answers).values({ ...record, pairingId, epoch, filter });
      }),
    get,
    list: (limit) =>
      translated(() =>
        db.select(RECORD).from(answers).orderBy(desc(answers.at), desc(answers.id)).limit(limit),
      ),
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
          .orderBy(feedback.at, feedback.id);
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
    list: () => translated(() => db.select().from(apiKeys).orderBy(apiKeys.createdAt, apiKeys.id)),
    revoke: (id, at) =>
      translated(async () => {
        const rows = await db
          .update(apiKeys)
          .set({ revokedAt: sql`coalesce(${apiKeys.revokedAt}, ${instantOf(at)})` })
          .where(hasId(apiKeys.id, id))
          .returning({ id: apiKeys.id });
        one(rows, () => unknownKey(id));
      }),
  };
}

const unknownKey = (id: string) =>
  new AppError('not_found', `there is no API key ${id}; see lockstep key list.`, { param: 'key' });
