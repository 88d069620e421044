import { expect, it } from 'vitest';
import { createWorld } from './world.ts';

type Operation = {
  readonly operationId: string;
  readonly summary: string;
  readonly security: readonly object[];
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { schema: object }>> };
  readonly responses: Readonly<Record<string, { readonly content: object }>>;
};
type Described = {
  readonly openapi: string;
  readonly info: { readonly version: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
};

async function describeApp() {
  const { app } = await createWorld();
  const response = await app.request('/openapi.json');
  const described = (await response.json()) as Described;
  const operations = Object.entries(described.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  return { app, described, operations };
}

it('describes every route of the app, and no other', async () => {
  const { app, operations } = await describeApp();
  const mounted = app.routes
    .filter(({ method }) => method !== 'ALL')
    .map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`);
  const described = operations.map(({ method, path }) => `${method.toUpperCase()} ${path}`);
  expect([...new Set(mounted)].sort()).toEqual(described.sort());
  expect(described).toContain('GET /openapi.json');
});

it('describes requests, parameters, answers and errors', async () => {
  const { described, operations } = await describeApp();
  expect(described.openapi).toBe('3.1.0');
  expect(described.info.version).toBe('1.2.3');
  expect(new Set(operations.map(({ operation }) => operation.operationId)).size).toBe(
    operations.length,
  );
  for (const { path, method, operation } of operations) {
    expect(operation.summary).not.toBe('');
    const named = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
    expect((operation.parameters ?? []).map(({ name }) => name)).toEqual(named);
    expect(operation.requestBody !== undefined).toBe(method === 'post');
    expect(operation.responses.default?.content).toEqual({
      'application/json': { schema: { $ref: '#/components/schemas/Problem' } },
    });
    const [done] = Object.keys(operation.responses).filter((status) => status.startsWith('2'));
    expect(Object.keys(operation.responses[done ?? '']?.content ?? {})).not.toEqual([]);
  }
  expect(described.components.schemas.Problem).toMatchObject({ type: 'object' });
});

it('comes from the schemas that check', async () => {
  const { described } = await describeApp();
  const search = described.paths['/v1/search']?.post?.requestBody?.content['application/json'];
  expect(search?.schema).toMatchObject({
    required: ['query', 'model'],
    additionalProperties: false,
    properties: { limit: { type: 'integer', minimum: 1, maximum: 100, default: 10 } },
  });
  const chat = described.paths['/v1/chat/completions']?.post;
  expect(Object.keys(chat?.responses['200']?.content ?? {})).toEqual([
    'application/json',
    'text/event-stream',
  ]);
});

it('says what needs no key', async () => {
  const { operations } = await describeApp();
  const open = operations.filter(({ operation }) => operation.security.length === 0);
  expect(open.map(({ path }) => path).sort()).toEqual(['/healthz', '/openapi.json', '/readyz']);
});

it('describes the filter of a search and of an answer alike, and closed', async () => {
  const { operations } = await describeApp();
  const schemaOf = (path: string) =>
    operations.find((one) => one.path === path)?.operation.requestBody?.content['application/json']
      ?.schema;
  const filter = {
    additionalProperties: false,
    properties: {
      tags: expect.anything(),
      languages: expect.anything(),
      sources: expect.anything(),
      since: { type: 'string' },
      until: { type: 'string' },
    },
  };
  expect(schemaOf('/v1/search')).toMatchObject({ properties: { filter } });
  expect(schemaOf('/v1/chat/completions')).toMatchObject({
    properties: { lockstep: { additionalProperties: false, properties: { filter } } },
  });
});
