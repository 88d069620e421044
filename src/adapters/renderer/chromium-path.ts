import { accessSync, constants } from 'node:fs';
import { AppError } from '#domain/errors.ts';

const USUAL_PATHS = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/google-chrome',
  '/usr/local/bin/chromium',
  '/opt/google/chrome/chrome',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
];

/** The browser to start: the one that is named, or else the first at a usual place. */
export function findChromium(named: string | null, usual = USUAL_PATHS): string {
  const found = (named === null ? usual : [named]).find(isExecutable);
  if (found !== undefined) return found;
  const missing =
    named === null
      ? 'no Chromium is at any of its usual places'
      : `there is no program at ${named}`;
  throw new AppError(
    'invalid_config',
    `${missing}; install it (apt-get install chromium), set LOCKSTEP_CHROMIUM to the path of a ` +
      'Chromium or Chrome, or take render off the source',
    { param: 'LOCKSTEP_CHROMIUM' },
  );
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    // Not there, or not ours to start: the next one may be.
    return false;
  }
}
