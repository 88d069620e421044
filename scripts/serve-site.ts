import { parseArgs } from 'node:util';
import { serveStaticSite } from '#adapters/static-site/static-site-server.ts';
import { AppError, toAppError } from '#domain/errors.ts';

/** `node scripts/serve-site.ts FOLDER [--port N]`: serves a folder of files until it is stopped. */
const PORT_DEFAULT = 4400;

function readArguments(): { readonly folder: string; readonly port: number } {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { port: { type: 'string', default: String(PORT_DEFAULT) } },
  });
  const [folder, ...rest] = positionals;
  const port = /^\d{1,5}$/.test(values.port) ? Number(values.port) : Number.NaN;
  if (folder === undefined || rest.length > 0 || !(port <= 65_535)) {
    throw new AppError(
      'invalid_input',
      'usage: node scripts/serve-site.ts FOLDER [--port 0-65535]',
    );
  }
  return { folder, port };
}

function usage(): ReturnType<typeof readArguments> | null {
  try {
    return readArguments();
  } catch (thrown) {
    process.stderr.write(`${toAppError(thrown).message}\n`);
    process.exitCode = 2;
    return null;
  }
}

const asked = usage();
if (asked !== null) {
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort());
  try {
    const site = await serveStaticSite({ ...asked, signal: stop.signal });
    process.stdout.write(`${site.origin}\n`);
  } catch (thrown) {
    process.stderr.write(`${toAppError(thrown).message}\n`);
    process.exitCode = 1;
  }
}
