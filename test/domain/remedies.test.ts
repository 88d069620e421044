import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { ERROR_CODES } from '#domain/errors.ts';
import { REMEDIES, remedyOf } from '#domain/remedies.ts';

it('says of every code what the README says', () => {
  const readme = readFileSync('README.md', 'utf8');
  const table = readme.slice(readme.indexOf('## Errors'), readme.indexOf('## Dependencies'));
  const rows = [...table.matchAll(/^\| `([a-z_]+)` \| .* \| (.*) \|$/gm)];
  const told = rows.map(([, code, remedy = '']) => [code, remedy.replaceAll('`', '')]);
  expect(told).toHaveLength(ERROR_CODES.length);
  expect(Object.entries(REMEDIES)).toEqual(told);
});

it('knows nothing to do about a code that it does not know', () => {
  for (const code of ['who_knows', '', 'toString', '__proto__']) expect(remedyOf(code)).toBeNull();
  expect(remedyOf('login_wall')).toContain('does not sign in');
});
