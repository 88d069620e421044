import { describe, expect, it } from 'vitest';
import { AppError } from '#domain/errors.ts';
import { checkServing } from '#inference/check-serving.ts';
import { createFakeChat } from '../fakes/chat-model.ts';
import { rejection } from '../fakes/collect.ts';
import { modelOf, pairingOf } from '../fakes/served.ts';
import { createWorld, signal } from './world.ts';

const chat = createFakeChat({ say: () => ['Yes [1].'] });

describe('checkServing', () => {
  it('tells what every channel serves', async () => {
    const { deps, channels, pairing, view, model } = await createWorld({ chat });
    channels.set('canary', pairing.id);
    const served = { pairingId: pairing.id, viewId: view.id, epoch: 1, modelId: model.id };
    expect(await checkServing(deps, signal)).toEqual([
      { channel: 'production', ...served },
      { channel: 'canary', ...served },
    ]);
  });

  it('has nothing to say where there is no channel', async () => {
    const { deps, channels } = await createWorld({ chat });
    channels.clear();
    expect(await checkServing(deps, signal)).toEqual([]);
  });

  it('names the channel that could not answer, with the code of the reason', async () => {
    const world = await createWorld({ chat });
    const { deps, view, views, prompt, models, pairings, channels, chats } = world;
    const broken = modelOf('embedder-by-mistake', { kind: 'embedder' });
    const pairing = pairingOf({ view, prompt, model: broken });
    models.set(broken.id, broken);
    pairings.set(pairing.id, pairing);
    channels.set('canary', pairing.id);
    const failureOf = () => rejection(checkServing(deps, signal));
    expect(await failureOf()).toMatchObject({ code: 'invalid_input' });
    expect(String(await failureOf())).toContain('channel canary');
    channels.delete('canary');
    views.set(view.id, { ...view, publishedEpoch: 0 });
    expect(await failureOf()).toMatchObject({ code: 'not_found' });
    views.set(view.id, { ...view, fingerprint: 'emb-other' });
    expect(await failureOf()).toMatchObject({ code: 'embedding_space_mismatch' });
    expect(String(await failureOf())).toContain('channel production');
    views.set(view.id, view);
    chats.clear();
    expect(await failureOf()).toBeInstanceOf(AppError);
  });
});
