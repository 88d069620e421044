import { expect, it } from 'vitest';
import type { ApiKey, Feedback } from '#domain/answer.ts';
import { type PairingManifest, pairingIdOf, RETRIEVAL_DEFAULTS } from '#domain/pairing.ts';
import type { Registry } from '#ports/registry.ts';
import { outcomes, refusal } from './bed.ts';
import { answer, at, manifest, uuid } from './make.ts';

/** Two manifests whose ids begin alike, as far as pairings can be asked for. */
function alike(): readonly [PairingManifest, PairingManifest, string] {
  const seen = new Map<string, PairingManifest>();
  for (let seed = 0; ; seed += 1) {
    const next = manifest({ generation: { temperature: 0, tokensMax: 512, seed } });
    const prefix = pairingIdOf(next).slice(0, 'pairing-0000'.length);
    const other = seen.get(prefix);
    if (other !== undefined) return [other, next, prefix];
    seen.set(prefix, next);
  }
}

export function releaseCases(registry: () => Registry): void {
  it('registers a pairing under its hash, once', async () => {
    const { pairings } = registry();
    const retrieval = { ...RETRIEVAL_DEFAULTS, denseWeight: 0.1 + 0.2 };
    const first = await pairings.register(manifest({ retrieval }), at(1));
    expect(first).toEqual({
      id: pairingIdOf(manifest({ retrieval })),
      manifest: manifest({ retrieval }),
      createdAt: at(1),
    });
    const again = [2, 3, 4].map((second) => pairings.register(manifest({ retrieval }), at(second)));
    expect(await Promise.all(again)).toEqual([first, first, first]);
    expect(await pairings.get(first.id)).toEqual(first);
    expect(await pairings.list()).toEqual([first]);
    const broken = manifest({ retrieval: { ...RETRIEVAL_DEFAULTS, candidates: 0 } });
    await refusal(pairings.register(broken, at(1)), 'invalid_input');
  });

  it('finds a pairing by an unambiguous beginning of its id', async () => {
    const { pairings } = registry();
    const [one, two, prefix] = alike();
    const first = await pairings.register(one, at(1));
    expect(await pairings.get(prefix)).toEqual(first);
    await pairings.register(two, at(2));
    expect(await refusal(pairings.get(prefix), 'invalid_input')).toContain(prefix);
    expect(await pairings.get(first.id)).toEqual(first);
    expect((await pairings.list()).map(({ createdAt }) => createdAt)).toEqual([at(1), at(2)]);
  });

  it('takes no wildcard, and nothing shorter than four digits, for a pairing', async () => {
    const { pairings } = registry();
    const { id } = await pairings.register(manifest(), at(1));
    const patterns = ['%', 'pairing-%', 'pairing-____', 'pairing-', id.slice(0, -1).concat('_')];
    for (const asked of [...patterns, id.slice(0, 11), `${id}0`, id.toUpperCase(), '']) {
      await refusal(pairings.get(asked), 'not_found');
    }
  });

  it('records answers, newest first', async () => {
    const { answers } = registry();
    const records = ['a1', 'a2', 'a3'].map((id, second) => answer(id, { at: at(second) }));
    for (const record of records) await answers.record(record);
    const [first, second, third] = records;
    expect(await answers.get('a1')).toEqual(first);
    expect(await answers.list(2)).toEqual([third, second]);
    expect(await answers.list(0)).toEqual([]);
    expect(await refusal(answers.get('a4'), 'not_found')).toContain('a4');
    await refusal(answers.record(answer('a1')), 'already_exists');
  });

  it('keeps feedback with its answer, oldest first', async () => {
    const { answers } = registry();
    await answers.record(answer('a1'));
    const feedback = (answerId: string, second: number): Feedback => ({
      answerId,
      rating: second % 2 === 0 ? 'up' : 'down',
      comment: `after ${second} s`,
      at: at(second),
    });
    for (const second of [3, 1, 2]) await answers.addFeedback(feedback('a1', second));
    expect(await answers.feedback('a1')).toEqual([1, 2, 3].map((second) => feedback('a1', second)));
    expect(await answers.feedback('a2')).toEqual([]);
    expect(await refusal(answers.addFeedback(feedback('a2', 1)), 'not_found')).toContain('a2');
  });

  it('finds an API key by its hash until it is revoked', async () => {
    const { keys } = registry();
    const key = (name: string, second: number): ApiKey => ({
      id: uuid(name),
      name,
      hash: `hash of ${name}`,
      createdAt: at(second),
      revokedAt: null,
    });
    const [one, two] = [key('one', 1), key('two', 2)];
    for (const entry of [two, one]) await keys.add(entry);
    expect(await keys.findByHash('hash of one')).toEqual(one);
    expect(await keys.findByHash('hash of three')).toBeNull();
    await keys.revoke(one.id, at(5));
    await keys.revoke(one.id, at(6));
    expect(await keys.findByHash('hash of one')).toBeNull();
    expect(await keys.list()).toEqual([{ ...one, revokedAt: at(5) }, two]);
    await refusal(keys.add({ ...key('three', 3), hash: two.hash }), 'already_exists');
  });

  it('says so when there is no key to revoke', async () => {
    const { keys } = registry();
    for (const id of [uuid('nobody'), 'nobody']) {
      expect(await refusal(keys.revoke(id, at(1)), 'not_found')).toContain(id);
    }
  });

  it('records many answers at once', async () => {
    const ids = Array.from({ length: 40 }, (_, n) => `a${n}`);
    const works = ids.map((id) => registry().answers.record(answer(id)));
    expect(await outcomes(works)).toEqual({ done: 40 });
    expect(await registry().answers.list(100)).toHaveLength(40);
  });
}
