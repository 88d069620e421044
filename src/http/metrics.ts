import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { TokenUsage } from '#domain/answer.ts';

export type Metrics = {
  requestStarted(): void;
  /** `status` is the one that was sent; what a stream came to later is in `code`. */
  requestEnded(request: {
    readonly method: string;
    readonly route: string;
    readonly status: number;
    readonly seconds: number;
    /** Error code, if there was one. */
    readonly code: string | undefined;
  }): void;
  answered(kind: 'answered' | 'no_context', usage: TokenUsage): void;
  embedded(tokens: number): void;
  /** Text exposition format. */
  text(): Promise<string>;
  readonly contentType: string;
};

/** From a cached lookup to a long generation. */
const BUCKETS_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];

/** Counts by route, status and kind; never by question, key or address. */
export function createMetrics(version: string): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const durations = new Histogram({
    name: 'lockstep_http_request_duration_seconds',
    help: 'Time from a request to the end of its response, streams included.',
    labelNames: ['method', 'route', 'status'],
    buckets: BUCKETS_S,
    registers,
  });
  const errors = new Counter({
    name: 'lockstep_http_errors_total',
    help: 'Requests that ended with an error, by route and error code.',
    labelNames: ['route', 'code'],
    registers,
  });
  const inFlight = new Gauge({
    name: 'lockstep_http_requests_in_flight',
    help: 'Requests whose response has not ended.',
    registers,
  });
  const answers = tally(registers, {
    name: 'lockstep_answers_total',
    help: 'Answers, by kind: answered, or no_context when the posts do not answer.',
    kinds: ['answered', 'no_context'],
  });
  const tokens = tally(registers, {
    name: 'lockstep_tokens_total',
    help: 'Tokens read and written by chat models, and embedded.',
    kinds: ['prompt', 'completion', 'embedding'],
  });
  registerProcess(registers, version);
  return {
    requestStarted: () => inFlight.inc(),
    requestEnded: ({ method, route, status, seconds, code }) => {
      inFlight.dec();
      durations.observe({ method, route, status }, seconds);
      if (code !== undefined) errors.inc({ route, code });
    },
    answered: (kind, usage) => {
      answers[kind] += 1;
      tokens.prompt += usage.promptTokens;
      tokens.completion += usage.completionTokens;
    },
    embedded: (count) => {
      tokens.embedding += count;
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}

type TallyOptions<Kind extends string> = {
  readonly name: string;
  readonly help: string;
  readonly kinds: readonly Kind[];
};

/** Plain numbers by kind, shown as a counter: one addition each, where a label costs a lookup. */
function tally<Kind extends string>(
  registers: Registry[],
  { name, help, kinds }: TallyOptions<Kind>,
): Record<Kind, number> {
  const counts = Object.fromEntries(kinds.map((kind) => [kind, 0])) as Record<Kind, number>;
  new Counter({
    name,
    help,
    labelNames: ['kind'],
    registers,
    collect() {
      this.reset();
      for (const kind of kinds) this.inc({ kind }, counts[kind]);
    },
  });
  return counts;
}

/** Read when they are asked for; prom-client's own set would keep observers running. */
function registerProcess(registers: Registry[], version: string): void {
  new Gauge({
    name: 'lockstep_build_info',
    help: 'Always 1; the version is in the label.',
    labelNames: ['version'],
    registers,
  }).set({ version }, 1);
  new Gauge({
    name: 'process_resident_memory_bytes',
    help: 'Resident memory.',
    registers,
    collect() {
      this.set(process.memoryUsage.rss());
    },
  });
  new Counter({
    name: 'process_cpu_seconds_total',
    help: 'User and system CPU time spent.',
    registers,
    collect() {
      const { user, system } = process.cpuUsage();
      this.reset();
      this.inc((user + system) / 1_000_000);
    },
  });
}
