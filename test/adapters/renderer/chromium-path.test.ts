import { describe, expect, it } from 'vitest';
import { findChromium } from '#adapters/renderer/chromium-path.ts';

const { execPath } = process;

describe('the browser', () => {
  it('that is named is taken, and nothing in its place', () => {
    expect(findChromium(execPath, [])).toBe(execPath);
    expect(() => findChromium('/nowhere/chrome', [execPath])).toThrow(/\/nowhere\/chrome/);
  });

  it('at the first usual place is taken when none is named', () => {
    expect(findChromium(null, ['/nowhere/chrome', execPath, '/nowhere/else'])).toBe(execPath);
  });

  it.each([[['/nowhere/chrome']], [[import.meta.filename]], [[]]])(
    'that cannot be found or started at %j is a fault of the settings',
    (usual) =>
      expect(() => findChromium(null, usual)).toThrow(
        expect.objectContaining({
          code: 'invalid_config',
          param: 'LOCKSTEP_CHROMIUM',
          message: expect.stringContaining('apt-get install chromium'),
        }),
      ),
  );
});
