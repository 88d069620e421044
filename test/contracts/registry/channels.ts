import { expect, it } from 'vitest';
import { GENESIS_HASH, type MoveRequest, verifyHistory } from '#domain/channel.ts';
import type { Registry } from '#ports/registry.ts';
import { outcomes, refusal } from './bed.ts';
import { at, manifest } from './make.ts';

export function channelCases(registry: () => Registry): void {
  const pairing = async (view: string) =>
    (await registry().pairings.register(manifest({ view }), at(0))).id;
  const move = async (view: string, changes: Partial<MoveRequest> = {}) =>
    registry().channels.move({
      channel: 'production',
      action: 'promote',
      pairingId: await pairing(view),
      actor: 'anna',
      reason: `${view} is better`,
      evaluationId: null,
      at: at(1),
      ...changes,
    });

  it('appends a move and points the channel at it', async () => {
    const { channels } = registry();
    const first = await move('posts@v1', { evaluationId: 'evaluation-1' });
    expect(first).toMatchObject({
      number: 1,
      previousPairingId: null,
      previousHash: GENESIS_HASH,
      evaluationId: 'evaluation-1',
    });
    const second = await move('posts@v2', { action: 'rollback', at: at(2) });
    expect(second).toMatchObject({
      number: 2,
      previousPairingId: first.pairingId,
      previousHash: first.hash,
    });
    const channel = { name: 'production', pairingId: second.pairingId, move: 2 };
    expect(await channels.get('production')).toEqual(channel);
    expect(await channels.list()).toEqual([channel]);
    expect(await channels.history('production')).toEqual([first, second]);
    verifyHistory(await channels.history('production'));
  });

  it('keeps the histories of channels apart', async () => {
    const { channels } = registry();
    await move('posts@v1');
    await move('posts@v2', { channel: 'canary' });
    await move('posts@v2');
    const numbers = (moves: readonly { channel: string; number: number }[]) =>
      moves.map(({ channel, number }) => `${channel} ${number}`);
    expect(numbers(await channels.history(null))).toEqual([
      'canary 1',
      'production 1',
      'production 2',
    ]);
    expect(numbers(await channels.history('canary'))).toEqual(['canary 1']);
    expect(await channels.history('shadow')).toEqual([]);
    expect((await channels.list()).map(({ name }) => name)).toEqual(['canary', 'production']);
  });

  it('names the channels that there are', async () => {
    const { channels } = registry();
    expect(await refusal(channels.get('production'), 'unknown_channel')).toContain('promote');
    await move('posts@v1', { channel: 'canary' });
    expect(await refusal(channels.get('production'), 'unknown_channel')).toContain('canary');
  });

  it('does not move to a pairing that there is not, and records nothing of it', async () => {
    const { channels } = registry();
    const works = move('posts@v1', { pairingId: 'pairing-none' });
    expect(await refusal(works, 'not_found')).toContain('pairing-none');
    expect(await channels.history(null)).toEqual([]);
  });

  it('keeps the chain whole when many move a channel at once', async () => {
    const { channels } = registry();
    const views = Array.from({ length: 8 }, (_, n) => `posts@v${n + 1}`);
    for (const view of views) await pairing(view);
    const counts = await outcomes(views.map((view) => move(view)));
    expect(Object.keys(counts).filter((name) => !/done|already_exists/.test(name))).toEqual([]);
    const history = await channels.history('production');
    expect(history).toHaveLength(counts.done ?? 0);
    verifyHistory(history);
    expect(await channels.get('production')).toMatchObject({
      move: history.length,
      pairingId: history.at(-1)?.pairingId,
    });
  });

  it.each(['2026-03-01T09:00:00Z', '2026-03-01T09:00:00.123456Z', '2026-03-01T10:30:00+01:30'])(
    'keeps the chain whole when an instant is written as %s',
    async (instant) => {
      const { channels } = registry();
      const first = await move('posts@v1', { at: instant });
      expect(await channels.history('production')).toEqual([first]);
      verifyHistory(await channels.history('production'));
    },
  );
}
