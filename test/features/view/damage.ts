import type { ChunkMember } from '#domain/chunk.ts';
import { pointsOf } from '#features/publish/points-of.ts';
import type { Check } from '#features/view/verify.ts';
import { collect } from '../../fakes/collect.ts';
import { type Bed, text } from './bed.ts';

const signal = new AbortController().signal;
const STRANGER = 'ffffffff-0000-4000-8000-000000000000';

const viewOf = ({ deps }: Bed) => deps.registry.views.get('posts@v1');

/** All that the index holds: members and vectors, by id. */
export async function points(bed: Bed, viewId = 'posts@v1') {
  const { index, registry } = bed.deps;
  const view = await registry.views.get(viewId);
  const ids = (await collect(index.scan(view, signal))).map(({ id }) => id).sort();
  const members = await index.fetch(view, ids, signal);
  const vectors = await index.vectors(view, ids, signal);
  return members.map((member) => ({ member, dense: vectors.get(member.id) }));
}

/** The member of the index whose text is about a topic. */
async function about(bed: Bed, topic: string): Promise<ChunkMember> {
  const found = (await points(bed)).find(({ member }) =>
    member.chunk.text.includes(`About ${topic}:`),
  );
  if (found === undefined) throw new Error(`nothing is about ${topic}`);
  return found.member;
}

/** Writes a member past the registry, with vectors of the given weights. */
async function write(bed: Bed, member: ChunkMember, weights = ''): Promise<void> {
  const { words, deps } = bed;
  const view = await viewOf(bed);
  words.weights = weights;
  const tools = { embedder: words.embedder, sparse: deps.sparseOf(view.spec.sparse) };
  const written = await pointsOf(tools, [member], signal);
  words.weights = '';
  await deps.index.upsert(view, written, signal);
}

const remove = async (bed: Bed, ids: readonly string[]) =>
  bed.deps.index.remove(await viewOf(bed), ids, signal);

export type Damage = {
  readonly name: string;
  readonly damage: (bed: Bed) => Promise<void>;
  readonly fails: readonly Check['name'][];
  /** Of the first check that fails. */
  readonly says: string;
};

/**
 * What may happen to an index behind our back. Of the view that `publishTwo` makes.
 */
export const DAMAGES: readonly Damage[] = [
  {
    name: 'a missing point',
    damage: async (bed) => remove(bed, [(await about(bed, 'puffins')).id]),
    fails: ['members', 'count'],
    says: '1 missing, 0 too many, 0 with other epochs',
  },
  {
    name: 'a missing point of an older epoch',
    damage: async (bed) => remove(bed, [(await about(bed, 'gulls')).id]),
    fails: ['members'],
    says: '1 missing, 0 too many, 0 with other epochs',
  },
  {
    name: 'a point too many',
    damage: async (bed) => write(bed, { ...(await about(bed, 'puffins')), id: STRANGER }),
    fails: ['members', 'count'],
    says: `0 missing, 1 too many, 0 with other epochs, such as ${STRANGER}`,
  },
  {
    name: 'a point that ended too early',
    damage: async (bed) => {
      const { id } = await about(bed, 'puffins');
      await bed.deps.index.setEnd(await viewOf(bed), [id], 2, signal);
    },
    fails: ['members', 'count'],
    says: '0 missing, 0 too many, 1 with other epochs',
  },
  {
    name: 'a point that a late writer brought back',
    damage: async (bed) =>
      write(bed, { ...(await about(bed, 'gulls')), to: Number.MAX_SAFE_INTEGER }),
    fails: ['members', 'count'],
    says: '0 missing, 0 too many, 1 with other epochs',
  },
  {
    name: 'one point for another, so that the count is right',
    damage: async (bed) => {
      const puffins = await about(bed, 'puffins');
      await remove(bed, [puffins.id]);
      await write(bed, { ...puffins, id: STRANGER });
    },
    fails: ['members'],
    says: '1 missing, 1 too many, 0 with other epochs',
  },
  {
    name: 'a vector of other weights',
    damage: async (bed) => write(bed, await about(bed, 'puffins'), 'other'),
    fails: ['vectors'],
    says: '4 of 5 sampled vectors',
  },
  {
    name: 'a half-filled collection',
    damage: async (bed) => {
      const ids = (await points(bed)).map(({ member }) => member.id);
      await remove(bed, ids.slice(0, 3));
    },
    fails: ['members', 'count'],
    says: '3 missing, 0 too many, 0 with other epochs',
  },
  {
    name: 'an empty collection',
    damage: async (bed) => {
      await bed.deps.index.drop(await viewOf(bed), signal);
      await bed.deps.index.ensure(await viewOf(bed), signal);
    },
    fails: ['members', 'count'],
    says: '6 missing, 0 too many, 0 with other epochs',
  },
  {
    name: 'no collection',
    damage: async (bed) => bed.deps.index.drop(await viewOf(bed), signal),
    fails: ['members', 'count', 'vectors', 'recall'],
    says: 'the index holds no collection posts_v1',
  },
];

/** Two epochs: six points, of which five are seen at the second. */
export async function publishTwo(bed: Bed): Promise<void> {
  await bed.record('a', text('terns', 'gulls', 'skuas'));
  await bed.record('b', text('puffins', 'auks'));
  await bed.publish();
  await bed.record('a', text('terns', 'gannets', 'skuas'));
  await bed.publish();
}
