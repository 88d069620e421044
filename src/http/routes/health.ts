import { z } from 'zod';
import { AppError, toAppError } from '#domain/errors.ts';
import type { HttpDeps } from '../deps.ts';
import type { Metrics } from '../metrics.ts';
import { NOT_READY, problemResponse } from '../problem.ts';
import { respond, respondJson } from '../respond.ts';
import type { Route } from '../route.ts';

export const healthSchema = z.strictObject({
  status: z.literal('ok'),
  version: z.string(),
});

/** `GET /healthz`: the process is alive; it asks nothing else. */
export const healthRoute = ({ version }: HttpDeps): Route => ({
  method: 'GET',
  path: '/healthz',
  operationId: 'getHealth',
  summary: 'Says that the process is alive.',
  access: 'open',
  response: { status: 200, description: 'Alive.', json: healthSchema },
  handle: (c) => respondJson(c, { status: 'ok', version } satisfies z.infer<typeof healthSchema>),
});

/** `GET /readyz`: whether a request would be answered; 503 with the reason when it would not. */
export function readyRoute(deps: HttpDeps): Route {
  const faultNow = createReadiness(deps);
  return {
    method: 'GET',
    path: '/readyz',
    operationId: 'getReadiness',
    summary: 'Says whether questions can be answered now.',
    access: 'open',
    response: { status: 200, description: 'Ready.', json: healthSchema },
    handle: async (c) => {
      const fault = c.env?.draining ? SHUTTING_DOWN : await faultNow();
      if (fault !== null) return problemResponse(c, fault, { status: NOT_READY });
      return respondJson(c, { status: 'ok', version: deps.version } satisfies z.infer<
        typeof healthSchema
      >);
    },
  };
}

const SHUTTING_DOWN = new AppError(
  'upstream_unavailable',
  'this server is shutting down; ask another one.',
  { retryable: true },
);

/** One check at a time, its outcome given again for a moment: anybody may ask, and often. */
function createReadiness({ ready, clock, limits }: HttpDeps): () => Promise<AppError | null> {
  let running: Promise<AppError | null> | null = null;
  let last: { readonly fault: AppError | null; readonly untilMs: number } | null = null;
  const look = async () => {
    const fault = await ready(AbortSignal.timeout(limits.readyTimeoutMs)).then(
      () => null,
      toAppError,
    );
    last = { fault, untilMs: clock.monotonicMs() + limits.readyCacheMs };
    running = null;
    return fault;
  };
  return async () => {
    if (last !== null && clock.monotonicMs() < last.untilMs) return last.fault;
    running ??= look();
    return running;
  };
}

/** `GET /metrics`, for Prometheus. */
export const metricsRoute = (metrics: Metrics): Route => ({
  method: 'GET',
  path: '/metrics',
  operationId: 'getMetrics',
  summary: 'Counts and durations in the Prometheus text format.',
  access: 'keyed',
  response: { status: 200, description: 'Metrics.', media: ['text/plain'] },
  handle: async (c) =>
    respond(c, await metrics.text(), 200, { 'content-type': metrics.contentType }),
});
