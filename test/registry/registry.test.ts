import { describe } from 'vitest';
import { readEnvironment } from '#config/env.ts';
import { registryContract } from '../contracts/registry.ts';
import { startPglite } from '../fakes/embedded-postgres.ts';
import { createOwnDatabase, startRealPostgres } from '../fakes/real-postgres.ts';
import { openBed } from './bed.ts';

const databaseUrl = readEnvironment().DATABASE_URL ?? '';

registryContract('registry on PGlite', async () => openBed(await startPglite()));

registryContract('registry on PostgreSQL', async () => openBed(await startRealPostgres()));

describe.skipIf(databaseUrl === '')('with DATABASE_URL', () => {
  registryContract('registry on DATABASE_URL', async () =>
    openBed(await createOwnDatabase({ connectionString: databaseUrl })),
  );
});
