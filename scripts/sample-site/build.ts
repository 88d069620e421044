import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { toAppError } from '#domain/errors.ts';
import { type BuiltSite, buildSite } from './build-site.ts';

/**
 * `node scripts/sample-site/build.ts [--check] [--folder FOLDER]`: writes `site/` and
 * `golden.jsonl` from the posts and questions of the folder. `--check` writes nothing, and ends
 * with 1 when what is there is not what would be written.
 */
const FOLDER = join(import.meta.dirname, '..', '..', 'datasets', 'sample');

function usage(): { readonly check: boolean; readonly folder: string } | null {
  try {
    const { values } = parseArgs({
      options: {
        check: { type: 'boolean', default: false },
        folder: { type: 'string', default: FOLDER },
      },
    });
    return values;
  } catch (thrown) {
    process.stderr.write(`${toAppError(thrown).message}\n`);
    process.exitCode = 2;
    return null;
  }
}

const wanted = ({ files, golden }: BuiltSite): ReadonlyMap<string, Buffer> =>
  new Map([
    ...[...files].map(([file, bytes]) => [join('site', file), bytes] as const),
    ['golden.jsonl', Buffer.from(golden)],
  ]);

async function present(folder: string): Promise<ReadonlyMap<string, Buffer>> {
  const entries = await readdir(join(folder, 'site'), {
    recursive: true,
    withFileTypes: true,
  }).catch(unlessAbsent([]));
  const files = new Map<string, Buffer>();
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    files.set(file.slice(join(folder, '/').length), await readFile(file));
  }
  const golden = await readFile(join(folder, 'golden.jsonl')).catch(unlessAbsent(null));
  return golden === null ? files : files.set('golden.jsonl', golden);
}

const unlessAbsent =
  <T>(value: T) =>
  (cause: NodeJS.ErrnoException): T => {
    if (cause.code === 'ENOENT') return value;
    throw cause;
  };

async function run({ check, folder }: { check: boolean; folder: string }): Promise<void> {
  const built = await buildSite(folder);
  const target = wanted(built);
  const found = await present(folder);
  const stale = [...found.keys()].filter((file) => !target.has(file));
  const changed = [...target].filter(([file, bytes]) => !found.get(file)?.equals(bytes));
  const differing = [...stale, ...changed.map(([file]) => file)].toSorted();
  if (check && differing.length > 0) {
    const remedy = 'run node scripts/sample-site/build.ts and commit what it writes';
    process.stderr.write(`${differing.join('\n')}\nnot as the posts have it; ${remedy}\n`);
    process.exitCode = 1;
    return;
  }
  for (const file of stale) await rm(join(folder, file));
  for (const [file, bytes] of changed) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), bytes);
  }
  const questions = built.golden.split('\n').length - 1;
  process.stdout.write(
    `${built.posts.length} posts, ${target.size} files (${differing.length} written anew), ` +
      `${questions} golden questions\n`,
  );
}

const asked = usage();
if (asked !== null) {
  try {
    await run(asked);
  } catch (thrown) {
    process.stderr.write(`${toAppError(thrown).message}\n`);
    process.exitCode = 1;
  }
}
