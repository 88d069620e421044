import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { AppError } from '#domain/errors.ts';

/** Name of the optional file in a site's folder that says what plain files cannot. Never served. */
export const MANIFEST_FILE = '_site.json';

const MANIFEST_BYTES_MAX = 1_048_576;

const sitePath = z.string().startsWith('/');

const manifestFile = z.strictObject({
  /** Placeholder origin inside the files, rewritten to the origin of each request. */
  origin: z.url({ protocol: /^https?$/ }).nullable(),
  redirects: z
    .array(
      z.strictObject({
        from: sitePath,
        to: sitePath,
        status: z.literal([301, 302, 303, 307, 308]),
      }),
    )
    .max(10_000),
  /** Headers of one path each, with names in lower case; they win over the server's own. */
  headers: z
    .array(
      z.strictObject({
        path: sitePath,
        set: z.record(z.string().regex(/^[a-z0-9-]+$/), z.string().regex(/^[\x20-\x7e]*$/)),
      }),
    )
    .max(10_000),
});

export type SiteManifest = z.infer<typeof manifestFile>;

const PLAIN: SiteManifest = { origin: null, redirects: [], headers: [] };

/** The folder's manifest; the empty one when it has none. Throws `invalid_config` naming the fault. */
export async function readManifest(folder: string): Promise<SiteManifest> {
  const file = join(folder, MANIFEST_FILE);
  const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return null;
    throw new AppError('invalid_config', `cannot read ${file}: ${cause.message}`, { cause });
  });
  if (text === null) return PLAIN;
  const parsed = manifestFile.safeParse(text.length > MANIFEST_BYTES_MAX ? null : jsonOf(text));
  if (parsed.success) return parsed.data;
  throw new AppError(
    'invalid_config',
    `${file} is no site manifest; correct it or remove it: ${z.prettifyError(parsed.error)}`,
    { cause: parsed.error },
  );
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The schema refuses undefined, so that a syntax error is reported with the file's name.
    return undefined;
  }
}
