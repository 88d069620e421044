import { existsSync, readFileSync } from 'node:fs';
import { parseRobots } from '#features/discover/robots.ts';
import { type Score, scoreOf } from './score.ts';

type Case = {
  readonly test?: string;
  readonly robotstxt: string;
  readonly userAgent: string;
  readonly url: string;
  readonly allowed: boolean;
};

export function scoreRobots(folder: string): readonly Score[] {
  const file = `${folder}/cases.json`;
  if (!existsSync(file)) return [];
  const cases = JSON.parse(readFileSync(file, 'utf8')) as readonly Case[];
  const results = cases.map(({ test = '', robotstxt, userAgent, url, allowed }) => {
    const got = parseRobots(robotstxt, userAgent).allows(url);
    const what = `${test} ${userAgent} ${url} ${JSON.stringify(robotstxt)}`;
    return got === allowed ? null : { what, expected: allowed, got };
  });
  return [scoreOf('robots', results)];
}
