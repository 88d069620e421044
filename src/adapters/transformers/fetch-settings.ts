import { mkdir, rename, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError } from '#domain/errors.ts';
import { folderOf, type ModelPlace } from './model-place.ts';
import { OPTIONAL_FILES } from './model-settings.ts';
import type { ThreadStart } from './thread-messages.ts';

const FILES: readonly (readonly [name: string, isNeeded: boolean])[] = [
  ['tokenizer.json', true],
  ['tokenizer_config.json', false],
  ...OPTIONAL_FILES.map((name) => [name, false] as const),
];

/** The largest tokenizers have 35 MB. */
const FILE_BYTES_MAX = 200_000_000;

/**
 * Brings the files that say how a model is used from the hub into the cache folder. What the hub lacks
 * is kept as an empty file of settings, so that a later start needs no network. Rejects with
 * `not_found` when a file is missing, or with what `fetch` rejects with.
 */
export async function fetchSettings(
  start: ThreadStart & { readonly place: Extract<ModelPlace, { readonly kind: 'hub' }> },
): Promise<void> {
  for (const [name, isNeeded] of FILES) {
    const file = join(folderOf(start.place, start.cacheFolder), name);
    if ((await stat(file).catch(() => null)) !== null) continue;
    const content = (await fetchFile(start, name)) ?? (isNeeded ? null : '{}');
    if (content === null) throw missing(start.place.id, `the hub has no ${name} of it`);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(`${file}.part`, content);
    await rename(`${file}.part`, file);
  }
}

/** `null` for a file that the hub does not have. */
async function fetchFile(
  { place, hubUrl, hubToken }: Parameters<typeof fetchSettings>[0],
  name: string,
): Promise<Uint8Array | null> {
  const url = `${hubUrl}${place.id}/resolve/${encodeURIComponent(place.revision)}/${name}`;
  const headers = hubToken === null ? {} : { authorization: `Bearer ${hubToken}` };
  const response = await fetch(url, { headers });
  if (response.status === 404) return null;
  // The hub says so of a repository that does not exist, lest it tell which do.
  if (response.status === 401 || response.status === 403) {
    throw missing(place.id, `the hub answered ${response.status}: it is not there, or not for you`);
  }
  if (!response.ok) throw new Error(`the hub answered ${response.status} for ${name}`);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > FILE_BYTES_MAX) throw new Error(`${name} has more than ${FILE_BYTES_MAX} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

const missing = (id: string, why: string): AppError =>
  new AppError('not_found', `${id} cannot be had: ${why}.`);
