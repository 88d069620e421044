import { AppError } from '#domain/errors.ts';
import type { Requests } from './requests.ts';

/** The first that counts the rarity of terms over the points of one epoch (`params.idf.corpus`). */
const OLDEST = { major: 1, minor: 19 };

/** Rejects with `invalid_config` unless the server has everything that is asked of it. */
export async function checkVersion(requests: Requests, signal: AbortSignal): Promise<void> {
  const wanted = `${OLDEST.major}.${OLDEST.minor} or newer, below ${OLDEST.major + 1}`;
  const refuse = (found: string) =>
    new AppError(
      'invalid_config',
      `the server at ${requests.server} is ${found}; Lockstep needs Qdrant ${wanted}.`,
      { param: 'QDRANT_URL' },
    );
  // The only answer that is not wrapped in a result.
  const about = await requests.send<unknown>(null, signal, async (api, init) => ({
    data: { result: (await api.root({}, init)).data },
  }));
  const version = typeof about === 'object' && about !== null ? Reflect.get(about, 'version') : '';
  const [, major, minor] = /^(\d+)\.(\d+)\./.exec(String(version)) ?? [];
  if (major === undefined) throw refuse('no Qdrant');
  if (Number(major) === OLDEST.major && Number(minor) >= OLDEST.minor) return;
  throw refuse(`Qdrant ${version}`);
}
