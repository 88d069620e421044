import { Hono } from 'hono';
import { z } from 'zod';
import { AppError, toAppError } from '#domain/errors.ts';
import type { HttpContext, HttpDeps, HttpEnv } from './deps.ts';
import { createMetrics } from './metrics.ts';
import { guard } from './middleware/guard.ts';
import { createKeyRing } from './middleware/key-ring.ts';
import { limitConcurrency } from './middleware/limit-concurrency.ts';
import { observe } from './middleware/observe.ts';
import { openApiOf } from './openapi.ts';
import { problemResponse, STATUS } from './problem.ts';
import { respondJson } from './respond.ts';
import { mountRoutes, type Route } from './route.ts';
import { answerRoute, feedbackRoute } from './routes/answers.ts';
import { chatCompletionsRoute } from './routes/chat-completions.ts';
import { embeddingsRoute } from './routes/embeddings.ts';
import { healthRoute, metricsRoute, readyRoute } from './routes/health.ts';
import { modelRoute, modelsRoute } from './routes/models.ts';
import { searchRoute } from './routes/search.ts';

/**
 * The HTTP interface as a function from requests to responses: observe → guard → (limit) → route.
 * What is mounted on it afterwards is observed and guarded as well.
 */
export function createApp(deps: HttpDeps): Hono<HttpEnv> {
  const metrics = createMetrics(deps.version);
  const operations = [
    chatCompletionsRoute(deps, metrics),
    embeddingsRoute(deps, metrics),
    searchRoute(deps),
    modelsRoute(deps),
    modelRoute(deps),
    answerRoute(deps),
    feedbackRoute(deps),
    healthRoute(deps),
    readyRoute(deps),
    metricsRoute(metrics),
  ];
  const routes = [...operations, openApiRoute(operations, deps.version)];
  const openPaths = new Set(
    routes.filter(({ access }) => access === 'open').map(({ path }) => path),
  );
  const ring = createKeyRing({ ...deps, keys: deps.registry.keys });

  const app = new Hono<HttpEnv>();
  app.onError((thrown, c) => answerError(deps, thrown, c));
  app.notFound((c) => problemResponse(c, noRoute(c)));
  app.use(observe(deps, metrics), guard(ring, openPaths));
  mountRoutes(app, routes, limitConcurrency(deps.limits.concurrencyMax));
  return app;
}

function openApiRoute(operations: readonly Route[], version: string): Route {
  const route: Route = {
    method: 'GET',
    path: '/openapi.json',
    operationId: 'getOpenApi',
    summary: 'This description.',
    access: 'open',
    response: { status: 200, description: 'OpenAPI 3.1.', json: z.looseObject({}) },
    handle: (c) => respondJson(c, described),
  };
  const described = openApiOf([...operations, route], version);
  return route;
}

const noRoute = (c: HttpContext) =>
  new AppError('not_found', `there is no ${c.req.path}; /openapi.json lists what there is.`);

function answerError({ log }: HttpDeps, thrown: Error, c: HttpContext): Response {
  const error = toAppError(thrown);
  if (STATUS[error.code] >= 500) {
    log.error('request failed', {
      requestId: c.get('requestId'),
      route: c.get('route') ?? 'none',
      code: error.code,
      message: error.message,
      cause: error.cause instanceof Error ? error.cause.message : null,
    });
  }
  return problemResponse(c, error);
}
