import { expect, it } from 'vitest';
import { ask, createWorld, post } from './world.ts';

const CHAT = '/v1/chat/completions';

/** Samples by their name and labels. */
async function scrape(app: Awaited<ReturnType<typeof createWorld>>['app']) {
  const response = await app.request('/metrics');
  expect(response.headers.get('content-type')).toContain('text/plain');
  const lines = (await response.text()).split('\n').filter((line) => /^[a-z]/.test(line));
  return new Map(
    lines.map((line): [string, number] => {
      const space = line.lastIndexOf(' ');
      return [line.slice(0, space), Number(line.slice(space + 1))];
    }),
  );
}

const countOf = (method: string, route: string, status: number) =>
  `lockstep_http_request_duration_seconds_count{method="${method}",route="${route}",status="${status}"}`;

it('counts requests by route and status, answers by kind, and tokens', async () => {
  const { app } = await createWorld();
  await app.request(CHAT, post(ask()));
  await (await app.request(CHAT, post(ask({ stream: true })))).text();
  await app.request(CHAT, post(ask({ n: 2 })));
  await app.request('/v1/embeddings', post({ model: 'production', input: ['a', 'b'] }));
  await app.request('/v1/models/production');
  await app.request('/v1/models/canary');
  await app.request('/v1/secret-path');
  const samples = await scrape(app);
  expect(samples.get(countOf('POST', CHAT, 200))).toBe(2);
  expect(samples.get(countOf('POST', CHAT, 400))).toBe(1);
  expect(samples.get(countOf('GET', '/v1/models/:id', 200))).toBe(1);
  expect(samples.get(countOf('GET', '/v1/models/:id', 404))).toBe(1);
  expect(samples.get(countOf('GET', 'none', 404))).toBe(1);
  expect(samples.get('lockstep_answers_total{kind="answered"}')).toBe(2);
  expect(samples.get('lockstep_answers_total{kind="no_context"}')).toBe(0);
  expect(samples.get('lockstep_tokens_total{kind="prompt"}')).toBe(60);
  expect(samples.get('lockstep_tokens_total{kind="completion"}')).toBe(14);
  expect(samples.get('lockstep_tokens_total{kind="embedding"}')).toBe(6);
  expect(samples.get(`lockstep_http_errors_total{route="${CHAT}",code="invalid_input"}`)).toBe(1);
  expect(samples.get('lockstep_build_info{version="1.2.3"}')).toBe(1);
  expect(samples.get('process_resident_memory_bytes')).toBeGreaterThan(1_000_000);
  expect([...samples.keys()].join('\n')).not.toMatch(/secret-path|canary|roll back/);
});

it('measures a stream to its end', async () => {
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  const { app, clock } = await createWorld({
    tell: async function* () {
      yield 'first ';
      await gate;
      yield 'last';
    },
  });
  const response = await app.request(CHAT, post(ask({ stream: true })));
  const during = await scrape(app);
  expect(during.get(countOf('POST', CHAT, 200))).toBeUndefined();
  expect(during.get('lockstep_http_requests_in_flight')).toBe(2);
  await clock.advance(3_000);
  open();
  await response.text();
  const after = await scrape(app);
  expect(after.get(countOf('POST', CHAT, 200))).toBe(1);
  expect(after.get(countOf('POST', CHAT, 200).replace('_count', '_sum'))).toBe(3);
  expect(after.get('lockstep_http_requests_in_flight')).toBe(1);
});

it('keeps the counts of two apps apart', async () => {
  const [one, other] = [await createWorld(), await createWorld()];
  await one.app.request('/healthz');
  expect((await scrape(other.app)).get(countOf('GET', '/healthz', 200))).toBeUndefined();
});
