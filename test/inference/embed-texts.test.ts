import { describe, expect, it } from 'vitest';
import { embedTexts } from '#inference/embed-texts.ts';
import type { Embedder } from '#ports/embedder.ts';
import { rejection } from '../fakes/collect.ts';
import { createWorld, signal } from './world.ts';

const request = { target: 'production', purpose: 'document' } as const;

describe('embedTexts', () => {
  it('gives the vectors that the view holds', async () => {
    const { deps, embedder, pairing } = await createWorld();
    const texts = ['The archive was offline.', 'A rollback takes 52 seconds.'];
    const embedded = await embedTexts(deps, { ...request, texts }, signal);
    expect(embedded.vectors).toEqual(await embedder.embed(texts, 'document', signal));
    expect(embedded.tokens).toBe(texts.reduce((sum, one) => sum + embedder.countTokens(one), 0));
    expect(embedded).toMatchObject({ pairingId: pairing.id, model: embedder.spec.model });
  });

  it('prepares texts as the pipelines do', async () => {
    const { deps, embedder } = await createWorld();
    const seen: (readonly string[])[] = [];
    const watched: Embedder = {
      ...embedder,
      embed: (texts, purpose, either) => {
        seen.push(texts);
        return embedder.embed(texts, purpose, either);
      },
    };
    const watching = { ...deps, embedders: { ...deps.embedders, of: async () => watched } };
    await embedTexts(watching, { ...request, texts: ['  cafe\u0301   table '] }, signal);
    expect(seen).toEqual([['caf\u00e9 table']]);
  });

  it('needs no published epoch', async () => {
    const { deps, view, views } = await createWorld();
    views.set(view.id, { ...view, publishedEpoch: 0 });
    const { vectors } = await embedTexts(deps, { ...request, texts: ['a text'] }, signal);
    expect(vectors).toHaveLength(1);
  });

  it('refuses no text, too many, too long ones and an unknown target', async () => {
    const { deps } = await createWorld();
    const failureOf = (texts: readonly string[], target = 'production') =>
      rejection(embedTexts(deps, { ...request, texts, target }, signal));
    expect(await failureOf([])).toMatchObject({ code: 'invalid_input', param: 'input' });
    expect(await failureOf(Array(2_049).fill('a'))).toMatchObject({ code: 'invalid_input' });
    expect(await failureOf(['fine', 'word '.repeat(600)])).toMatchObject({ code: 'text_too_long' });
    expect(await failureOf(['a'], 'nowhere')).toMatchObject({ code: 'unknown_channel' });
  });
});
