import type { HostShare, Listed } from '#domain/crawl-summary.ts';
import type { Visit } from '#domain/visit.ts';
import { quantile } from './distribution.ts';
import { listed } from './listed.ts';
import { isAsked } from './pages.ts';

const HOSTS_MAX = 20;

/** The host of a URL with its port; files on this machine and repositories have none. */
const hostOf = (url: string): string => {
  const parsed = URL.parse(url);
  return parsed === null || parsed.host === '' ? (parsed?.protocol ?? '') : parsed.host;
};

/** What each host was asked for, the busiest first. */
export function hostsOf(visits: readonly Visit[]): Listed<HostShare> {
  const asked = visits.filter(isAsked);
  const hosts = [...Map.groupBy(asked, ({ url }) => hostOf(url))].map(([host, group]) => {
    const sorted = group.map(({ elapsedMs }) => elapsedMs).sort((one, other) => one - other);
    return {
      host,
      requests: group.length,
      failed: group.filter(({ outcome }) => outcome === 'failed').length,
      bytes: group.reduce((sum, { bytes }) => sum + bytes, 0),
      p50Ms: quantile(sorted, 0.5),
      p95Ms: quantile(sorted, 0.95),
    };
  });
  hosts.sort((one, other) => other.requests - one.requests || (one.host < other.host ? -1 : 1));
  return listed(hosts, HOSTS_MAX);
}
