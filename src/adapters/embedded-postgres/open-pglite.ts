import { existsSync, renameSync, rmSync } from 'node:fs';
import { PGlite } from '@electric-sql/pglite';
import { vector } from '@electric-sql/pglite-pgvector';

/**
 * The database in a folder, made when there is none. A new one is made aside and moved into place
 * when it is whole: one whose making was cut short by a kill would never start again.
 */
export async function openPglite(dataFolder: string): Promise<PGlite> {
  if (!existsSync(dataFolder)) {
    const draft = `${dataFolder}.new`;
    rmSync(draft, { recursive: true, force: true });
    const made = await PGlite.create({ dataDir: draft });
    await made.close();
    renameSync(draft, dataFolder);
  }
  return PGlite.create({ dataDir: dataFolder, extensions: { vector } });
}
