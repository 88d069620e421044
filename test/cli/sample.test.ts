import { describe, expect, it } from 'vitest';
import { createOutput } from '#cli/output.ts';
import { activeSources, retireSample, serveSample } from '#cli/sample.ts';
import type { Session } from '#cli/session.ts';
import { registeredSources } from '#cli/up/sources.ts';
import { CRAWL_LIMITS, SOURCE_RULES, type Source } from '#domain/source.ts';
import { createFakeCli, type FakeCliOptions } from './fake-cli.ts';

const source = (name: string, url: string): Source => ({
  name,
  kind: 'site',
  urls: [url],
  limits: CRAWL_LIMITS,
  rules: SOURCE_RULES,
  createdAt: '2026-01-01T00:00:00.000Z',
});
const SAMPLE = source('sample', 'http://127.0.0.1:8788/');
const OWN = source('blog.example', 'https://blog.example/');
const LIVE = { id: 'd1', sourceName: 'sample', status: 'live' } as const;
const CLOSED = { ...LIVE, status: 'closed' } as const;

function sessionOf(options: FakeCliOptions) {
  const fake = createFakeCli(options);
  const session: Session = {
    lockstep: fake.lockstep,
    cli: fake.cli,
    out: createOutput(false, fake.cli.out),
    progress: { onProgress: () => undefined, end: () => undefined },
    signal: fake.cli.signal,
  };
  return { ...fake, session };
}

const names = (sources: readonly Source[]) => sources.map(({ name }) => name);

describe('serveSample', () => {
  it('takes the usual port and registers the sample by it', async () => {
    const { session, sources } = sessionOf({});
    expect((await serveSample(session)).origin).toBe('http://127.0.0.1:8788');
    expect(sources).toMatchObject([{ name: 'sample', urls: ['http://127.0.0.1:8788/'] }]);
  });

  it('takes a free port the first time when the usual one is taken', async () => {
    const { session, sources } = sessionOf({ portsTaken: [8788] });
    const { origin } = await serveSample(session);
    expect(sources[0]?.urls).toEqual([`${origin}/`]);
    expect(new URL(origin).port).not.toBe('8788');
  });

  it('keeps to the port that the documents are known by, and says what to do without', async () => {
    const { session, served } = sessionOf({ sources: [SAMPLE], portsTaken: [8788] });
    await expect(serveSample(session)).rejects.toMatchObject({
      code: 'port_in_use',
      message: expect.stringMatching(/8788.*--data/),
    });
    expect(served).toEqual([]);
  });
});

describe('what up crawls', () => {
  it('is the sample when there is nothing else', async () => {
    const { sources, site, sample } = await registeredSources(sessionOf({}).session);
    expect(names(sources)).toEqual(['sample']);
    expect([site?.origin, sample]).toEqual(['http://127.0.0.1:8788', true]);
  });

  it('is one’s own sites once they are there, without the sample', async () => {
    const { session, served } = sessionOf({ sources: [OWN] });
    expect(await registeredSources(session)).toMatchObject({ site: null, sample: false });
    expect(served).toEqual([]);
  });

  it('leaves the sample as it is while another program holds its port', async () => {
    const options = { sources: [SAMPLE], documents: [LIVE], portsTaken: [8788] };
    const { session, printed } = sessionOf(options);
    expect(await registeredSources(session)).toEqual({ sources: [], site: null, sample: true });
    expect(printed.out).toContain('http://127.0.0.1:8788/');
  });

  it('is an error when the port is taken and nothing of the sample is there yet', async () => {
    const { session } = sessionOf({ sources: [SAMPLE], portsTaken: [8788] });
    await expect(registeredSources(session)).rejects.toMatchObject({ code: 'port_in_use' });
  });
});

describe('the sample that made way', () => {
  it('is in use beside other sources until its documents are closed', async () => {
    const { session, printed } = sessionOf({ sources: [SAMPLE, OWN], documents: [LIVE] });
    expect(names(await activeSources(session))).toEqual(['sample', 'blog.example']);
    expect(await retireSample(session)).toBe(true);
    expect(printed.out).toContain('1 documents of the sample');
    expect(names(await activeSources(session))).toEqual(['blog.example']);
    expect(await retireSample(session)).toBe(false);
  });

  it('is not in use, and not served again', async () => {
    const { session, served } = sessionOf({ sources: [SAMPLE, OWN], documents: [CLOSED] });
    expect(names((await registeredSources(session)).sources)).toEqual(['blog.example']);
    expect(served).toEqual([]);
  });
});
