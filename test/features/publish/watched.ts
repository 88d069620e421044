import type { FeatureDeps } from '#features/deps.ts';
import type { Embedder } from '#ports/embedder.ts';

export type Look = (name: string, when: 'before' | 'after') => void | Promise<void>;

/**
 * The same dependencies with a look before, and after, every call of the registry, the index, the
 * embedder and the queue; also after each batch that the queue tells of.
 */
export function watched<Deps extends FeatureDeps>(deps: Deps, look: Look): Deps {
  const { registry, index, embedders, batches } = deps;
  const { views, leases, runs } = registry;
  const embedder = (inner: Embedder): Embedder => ({
    ...inner,
    embed: wrap('embedder', inner, look).embed,
  });
  const pool = wrap('embedders', embedders, look);
  return {
    ...deps,
    index: wrap('index', index, look),
    embedders: {
      ...pool,
      configured: embedders.configured,
      of: async (...asked) => embedder(await pool.of(...asked)),
    },
    batches: wrap('batches', batches, look),
    registry: {
      ...registry,
      views: wrap('views', views, look),
      leases: wrap('leases', leases, look),
      runs: wrap('runs', runs, look),
    },
  };
}

type Method = (...parameters: unknown[]) => unknown;

/** Methods that give one thing after another instead of a promise. */
const ITERATING: ReadonlySet<string | symbol> = new Set(['scan', 'shareOut']);

const wrap = <T extends object>(part: string, target: T, look: Look): T =>
  new Proxy(target, {
    get: (object, name, receiver) => {
      const member: unknown = Reflect.get(object, name, receiver);
      if (typeof member !== 'function') return member;
      const method: Method = (...parameters) => Reflect.apply(member, object, parameters);
      const called = `${part}.${String(name)}`;
      return ITERATING.has(name) ? iterating(called, method, look) : asking(called, method, look);
    },
  });

const asking =
  (name: string, method: Method, look: Look): Method =>
  async (...parameters) => {
    await look(name, 'before');
    const result = await method(...parameters);
    await look(name, 'after');
    return result;
  };

const iterating = (name: string, method: Method, look: Look): Method =>
  async function* (...parameters) {
    await look(name, 'before');
    for await (const one of method(...parameters) as AsyncIterable<unknown>) {
      yield one;
      if (name === 'batches.shareOut') await look(`${name} batch`, 'after');
    }
    await look(name, 'after');
  };
