import { describe, expect, it } from 'vitest';
import { pairingIdOf } from '#domain/pairing.ts';
import { createFakeChat } from '../fakes/chat-model.ts';
import { collect, rejection } from '../fakes/collect.ts';
import { modelOf, pairingOf, viewOf } from '../fakes/served.ts';
import { createWorld, type Post, questionOf, signal } from './world.ts';

const CLAIM = 'The maritime archive was offline for 47 minutes in November.';
const ASKED = questionOf('How long was the maritime archive offline?');
const citing = () => createFakeChat({ say: () => [`${CLAIM} [1]`] });

describe('what is pinned at the entry', () => {
  it('a channel that moves serves the next question, not the one under way', async () => {
    const world = await createWorld();
    const { view, prompt, channels, chats, models, pairings, model, answerer } = world;
    const next = modelOf('next-chat');
    const nextPairing = pairingOf({ view, prompt, model: next });
    models.set(next.id, next);
    pairings.set(nextPairing.id, nextPairing);
    chats.set(next.id, createFakeChat({ say: () => ['next [1]'] }));
    chats.set(
      model.id,
      createFakeChat({
        say: () => ['first', ' [1]'],
        before: () => void channels.set('production', nextPairing.id),
      }),
    );
    const first = await answerer.answer(ASKED, signal);
    const second = await answerer.answer(ASKED, signal);
    expect([first.text, second.text]).toEqual(['first [1]', 'next [1]']);
    expect(first.provenance.pairingId).not.toBe(second.provenance.pairingId);
    expect(second.provenance.modelId).toBe(next.id);
  });

  it('an epoch that is published meanwhile serves the next question, not this one', async () => {
    const old: Post = { slug: 'crawling', text: CLAIM, from: 1, to: 2 };
    const fresh: Post = { slug: 'crawling', text: CLAIM.replace('47', '51'), from: 2 };
    const world = await createWorld({ chat: citing(), posts: [old] });
    const { answerer, views, view, load } = world;
    const events = answerer.stream(ASKED, signal)[Symbol.asyncIterator]();
    await events.next(); // started: the epoch is read
    await load([fresh]);
    views.set(view.id, { ...view, publishedEpoch: 2 });
    const rest = await collect({ [Symbol.asyncIterator]: () => events });
    expect(rest.at(-1)).toMatchObject({
      answer: { provenance: { epoch: 1 }, hits: [{ text: old.text }] },
    });
    const second = await answerer.answer(ASKED, signal);
    expect(second).toMatchObject({ provenance: { epoch: 2 }, hits: [{ text: fresh.text }] });
    const replayed = await answerer.answer({ ...ASKED, epoch: 1 }, signal);
    expect(replayed).toMatchObject({ provenance: { epoch: 1 }, hits: [{ text: old.text }] });
  });

  it('is refused whole when the pairing has a setting of a later version', async () => {
    const { answerer, pairing, pairings, channels, view, prompt, model } = await createWorld();
    const later = pairingOf({ view, prompt, model }, { rerank: 'cross-encoder' } as object);
    expect(later.id).not.toBe(pairing.id);
    pairings.set(later.id, later);
    channels.set('production', later.id);
    expect(await rejection(answerer.answer(ASKED, signal))).toMatchObject({
      code: 'database_newer',
      message: expect.stringContaining('retrieval.rerank'),
    });
  });

  it.each([
    ['view spec', 'history_broken'],
    ['prompt', 'history_broken'],
    ['model', 'history_broken'],
    ['manifest', 'history_broken'],
    ['fingerprint', 'embedding_space_mismatch'],
    ['sparse encoder', 'embedding_space_mismatch'],
  ] as const)('a changed %s is refused', async (part, code) => {
    const world = await createWorld({ chat: citing() });
    const { view, views, prompt, prompts, model, models, pairing, pairings, deps } = world;
    if (part === 'view spec') {
      const chunker = { ...view.spec.chunker, tokensMax: 100 };
      views.set(view.id, { ...view, spec: { ...view.spec, chunker } });
    } else if (part === 'prompt') {
      prompts.set(prompt.id, { ...prompt, system: 'Say anything.' });
    } else if (part === 'model') {
      models.set(model.id, { ...model, reference: 'another' });
    } else if (part === 'manifest') {
      const generation = { ...pairing.manifest.generation, temperature: 1 };
      pairings.set(pairing.id, { ...pairing, manifest: { ...pairing.manifest, generation } });
    } else if (part === 'fingerprint') {
      views.set(view.id, { ...view, fingerprint: 'emb-other' });
    } else {
      Object.assign(deps.sparse, { spec: { ...deps.sparse.spec, k1: 2 } });
    }
    expect(await rejection(world.answerer.answer(ASKED, signal))).toMatchObject({ code });
  });

  it('a view that was built with another embedder than was pinned is refused', async () => {
    const { answerer, pairing, pairings, channels } = await createWorld({ chat: citing() });
    const manifest = { ...pairing.manifest, embedderFingerprint: 'emb-pinned' };
    const other = { ...pairing, id: pairingIdOf(manifest), manifest };
    pairings.set(other.id, other);
    channels.set('canary', other.id);
    const failure = await rejection(answerer.answer({ ...ASKED, target: 'canary' }, signal));
    expect(failure).toMatchObject({ code: 'embedding_space_mismatch' });
    expect(String(failure)).toContain('emb-pinned');
  });

  it('an embedder that is not the view’s is refused', async () => {
    const { answerer, views, pairings, channels, prompt, model, embedder } = await createWorld({
      chat: citing(),
    });
    const other = { ...embedder, spec: { ...embedder.spec, revision: 'other' } };
    const view = viewOf(other, 'emb-other', 2);
    const pairing = pairingOf({ view, prompt, model });
    views.set(view.id, view);
    pairings.set(pairing.id, pairing);
    channels.set('canary', pairing.id);
    const failure = await rejection(answerer.answer({ ...ASKED, target: 'canary' }, signal));
    expect(failure).toMatchObject({ code: 'embedding_space_mismatch' });
  });
});
