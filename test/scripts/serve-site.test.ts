import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'serve-site-'));
  writeFileSync(join(folder, 'index.html'), 'home');
});
afterAll(() => rmSync(folder, { recursive: true }));

function start(...parameters: string[]): ChildProcess {
  return spawn(process.execPath, ['scripts/serve-site.ts', ...parameters], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function ended(child: ChildProcess): Promise<{ code: unknown; complaint: string }> {
  let complaint = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    complaint += chunk.toString();
  });
  const [code] = await once(child, 'close');
  return { code, complaint };
}

it.each(['SIGINT', 'SIGTERM'] as const)(
  'prints its origin, serves, and ends on %s',
  async (name) => {
    const child = start(folder, '--port', '0');
    const end = ended(child);
    const [line] = (await once(child.stdout ?? child, 'data')) as [Buffer];
    expect(line.toString()).toMatch(/^http:\/\/127\.0\.0\.1:\d+\n$/);
    expect(await (await fetch(line.toString().trim())).text()).toBe('home');
    child.kill(name);
    expect(await end).toEqual({ code: 0, complaint: '' });
  },
);

it.each([
  [[]],
  [['a', 'b']],
  [['a', '--port', '70000']],
  [['a', '--port', 'x']],
  [['a', '--nope']],
])('ends with 2 on %j', async (parameters) => {
  const { code, complaint } = await ended(start(...parameters));
  expect(code).toBe(2);
  expect(complaint).not.toBe('');
});

it('ends with 1 and names the folder that is missing', async () => {
  const { code, complaint } = await ended(start(join(folder, 'missing')));
  expect(code).toBe(1);
  expect(complaint).toContain(join(folder, 'missing'));
});
