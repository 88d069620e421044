import { z } from 'zod';
import type { Json } from '#domain/hash.ts';
import { problemSchema } from './problem.ts';
import type { Route } from './route.ts';

type Document = { readonly [key: string]: Json | undefined };

/** An OpenAPI 3.1 description of the routes, from the schemas that check their requests. */
export function openApiOf(routes: readonly Route[], version: string): Document {
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Lockstep',
      version,
      description: 'Answers from posts, each pinned to a pairing and an epoch.',
    },
    paths,
    components: {
      securitySchemes: { key: { type: 'http', scheme: 'bearer' } },
      schemas: { Problem: schemaOf(problemSchema, 'output') },
    },
  };
}

function operationOf(route: Route): Document {
  const parameters = [...route.path.matchAll(/:(\w+)/g)].map((match) => ({
    name: match[1] ?? '',
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  return {
    operationId: route.operationId,
    summary: route.summary,
    ...(route.description === undefined ? {} : { description: route.description }),
    security: route.access === 'open' ? [] : [{ key: [] }],
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(route.body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: { 'application/json': { schema: schemaOf(route.body, 'input') } },
          },
        }),
    responses: {
      [String(route.response.status)]: {
        description: route.response.description,
        content: contentOf(route.response),
      },
      default: {
        description: 'An error.',
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    },
  };
}

function contentOf({ json, media = [] }: Route['response']): Document {
  const text = media.map((type): [string, Json] => [type, { schema: { type: 'string' } }]);
  const typed: [string, Json][] =
    json === undefined ? [] : [['application/json', { schema: schemaOf(json, 'output') }]];
  return Object.fromEntries([...typed, ...text]);
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _dialect, ...described } = z.toJSONSchema(schema, { io });
  // Plain JSON by construction; its own type is wider.
  return JSON.parse(JSON.stringify(described));
}
