import { toAppError } from '#domain/errors.ts';
import type { FeatureView } from '#domain/feature-view.ts';
import type { FeatureIndex } from '#ports/feature-index.ts';
import { searchByDocument } from '#ports/index-grouping.ts';
import { DENSE, ensureCollection, SPARSE } from './collection.ts';
import { isUuid, visibleAt } from './filter.ts';
import { type QdrantOptions, settingsOf } from './options.ts';
import { memberOf } from './payload.ts';
import { createRarities } from './rarity.ts';
import { IDS_MAX, partsOf, readDocuments, readRecords, scanSpans, vectorOf } from './read.ts';
import { createRequests, type Requests } from './requests.ts';
import { sealCollection } from './seal.ts';
import { searchCollection } from './search.ts';
import { upsertPoints, written } from './upsert.ts';
import { checkVersion } from './version.ts';

/**
 * One Qdrant collection for each view version, with the named vectors `dense` and `sparse`. Requests
 * are repeated while the server is away; every one of them may be.
 */
export function createQdrantIndex(options: QdrantOptions): FeatureIndex {
  const settings = settingsOf(options);
  const requests = createRequests(settings);
  const rarities = createRarities(settings.clock);
  let checked = false;
  const check = async (signal: AbortSignal) => {
    await checkVersion(requests, signal);
    checked = true;
  };
  const at = async (view: FeatureView, signal: AbortSignal) => {
    signal.throwIfAborted();
    if (!checked) await check(signal);
    return { requests, view };
  };
  const changing = (view: FeatureView, signal: AbortSignal) => {
    rarities.forget(view);
    return at(view, signal);
  };
  return {
    check: async (signal) => {
      signal.throwIfAborted();
      await check(signal);
      // The version is told to anybody; this is not.
      await requests.send(null, signal, (api, init) => api.getCollections({}, init));
    },
    ensure: async (view, signal) => ensureCollection(await at(view, signal), signal),
    upsert: async (view, points, signal) =>
      upsertPoints(await changing(view, signal), points, { limits: settings.limits, signal }),
    setEnd: async (view, ids, to, signal) =>
      setEnds(await changing(view, signal), { ids, to }, signal),
    remove: async (view, ids, signal) => removePoints(await changing(view, signal), ids, signal),
    seal: async (view, _epoch, signal) => sealCollection(await at(view, signal), settings, signal),
    search: async (view, query, signal) => {
      const search = { ...(await at(view, signal)), rarities, limits: settings.limits, signal };
      return searchByDocument(query, {
        search: (wider) => searchCollection(search, wider),
        documentsOf: (ids) => readDocuments(search, ids),
      });
    },
    fetch: async (view, ids, signal) => {
      await at(view, signal);
      const records = await readRecords({ requests, view, signal }, ids, 'payload');
      return ids.flatMap((id) => {
        const record = records.get(id);
        return record === undefined ? [] : [memberOf(view, record)];
      });
    },
    vectors: async (view, ids, signal) => {
      await at(view, signal);
      const records = await readRecords({ requests, view, signal }, ids, 'vector');
      return new Map([...records].flatMap(([id, record]) => vectorOf(id, record)));
    },
    count: async (view, epoch, signal) => {
      await at(view, signal);
      const { must } = visibleAt(epoch);
      const filter = { must: [...must, { has_vector: DENSE }, { has_vector: SPARSE }] };
      const { count } = await requests.send(view, signal, (api, init) =>
        api.countPoints({ collection_name: view.collection, filter, exact: true }, init),
      );
      return count;
    },
    scan: async function* (view, signal) {
      await at(view, signal);
      yield* scanSpans(requests, view, signal);
    },
    drop: async (view, signal) => {
      await changing(view, signal);
      await requests.send(view, signal, (api, init) =>
        api.deleteCollection({ collection_name: view.collection }, init),
      );
    },
    announce: async (view, signal) => {
      signal.throwIfAborted();
      await moveAlias({ requests, view }, settings.log, signal);
    },
  };
}

type Place = { readonly requests: Requests; readonly view: FeatureView };

/** By a filter, since Qdrant refuses a list with an id that it does not hold. */
async function setEnds(
  place: Place,
  { ids, to }: { readonly ids: readonly string[]; readonly to: number },
  signal: AbortSignal,
): Promise<void> {
  const collection_name = place.view.collection;
  for (const some of partsOf(ids.filter(isUuid), IDS_MAX)) {
    const filter = { must: [{ has_id: some }] };
    await written(place, signal, (api, init) =>
      api.setPayload({ collection_name, wait: true, payload: { to }, filter }, init),
    );
  }
}

async function removePoints(
  place: Place,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const collection_name = place.view.collection;
  for (const points of partsOf(ids.filter(isUuid), IDS_MAX)) {
    await written(place, signal, (api, init) =>
      api.deletePoints({ collection_name, wait: true, points }, init),
    );
  }
}

/** An alias of that name that pointed elsewhere is moved, in one step. */
async function moveAlias(
  { requests, view }: Place,
  log: QdrantOptions['log'],
  signal: AbortSignal,
): Promise<void> {
  const create_alias = { alias_name: view.name, collection_name: view.collection };
  const failed = await requests
    .send(view, signal, (api, init) => api.updateAliases({ actions: [{ create_alias }] }, init))
    .then(() => null)
    .catch((thrown: unknown) => toAppError(thrown));
  signal.throwIfAborted();
  if (failed === null) return;
  log.warn('the alias of a view was not moved', { view: view.id, error: failed.message });
}
