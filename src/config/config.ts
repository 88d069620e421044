import { z } from 'zod';

/** Every setting that comes from the environment, read once. */
export type Config = {
  /** Folder of everything that is stored locally. */
  readonly dataFolder: string;
  /** A Postgres server; `null` uses the embedded one in the data folder. */
  readonly databaseUrl: string | null;
  /** A Qdrant server; `null` keeps the index in Postgres. */
  readonly qdrantUrl: string | null;
  readonly qdrantApiKey: string | null;
  readonly databaseConnectionsMax: number;
  /** The embedded database leaves after this long without a connection. */
  readonly databaseIdleMs: number;
  /** `static:<folder>`, `transformers:<hub id or folder>` or `openai:<model>`, with options after `?`. */
  readonly embedder: string;
  /** Threads that run an ONNX model; each holds it in memory once. */
  readonly embedderThreads: number;
  /** For models that the hub gives only to those it knows. */
  readonly hubToken: string | null;
  /** A mirror of the hub; `null` is the hub itself. */
  readonly hubUrl: string | null;
  /** `extractive`, `openai:<model>`, or another provider and its model. */
  readonly model: string;
  readonly openaiApiKey: string | null;
  readonly openaiBaseUrl: string | null;
  readonly modelTimeoutMs: number;
  /** Most tokens of a chunk. */
  readonly chunkTokensMax: number;
  /** Most tokens of whole sentences that a chunk repeats from the one before. */
  readonly chunkOverlap: number;
  /** Private networks that may be crawled, as CIDRs. */
  readonly allowNetworks: readonly string[];
  /** Who crawls, and where to complain; goes into the User-Agent header. */
  readonly crawlContact: string;
  /** Threads that read pages. */
  readonly readers: number;
  /** Program of a Chromium, for sources whose pages are rendered; `null` looks in the usual places. */
  readonly chromium: string | null;
  /** For repositories that are private, and for more than 60 requests an hour. */
  readonly githubToken: string | null;
  readonly host: string;
  readonly port: number;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
};

export const CONFIG_DEFAULTS = {
  dataFolder: '.lockstep',
  embedder: 'static:models/lockstep-static-en-v1',
  model: 'extractive',
  host: '127.0.0.1',
  port: 8787,
} as const;

const cidr = z.union([z.cidrv4(), z.cidrv6()]);

const settings = z.object({
  LOCKSTEP_DATA: z.string().default(CONFIG_DEFAULTS.dataFolder),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  QDRANT_URL: z.url({ protocol: /^https?$/ }).optional(),
  QDRANT_API_KEY: z.string().optional(),
  LOCKSTEP_DATABASE_CONNECTIONS: z.coerce.number().int().min(2).max(1_000).default(8),
  LOCKSTEP_DATABASE_IDLE_SECONDS: z.coerce.number().min(1).max(86_400).default(60),
  LOCKSTEP_EMBEDDER: z
    .string()
    .regex(
      /^(static|transformers|openai):.+$/,
      'write it like static:<folder>, transformers:<hub id or folder> or openai:<model>',
    )
    .default(CONFIG_DEFAULTS.embedder),
  LOCKSTEP_EMBEDDER_THREADS: z.coerce.number().int().min(1).max(64).default(1),
  HF_TOKEN: z.string().optional(),
  HF_ENDPOINT: z.url({ protocol: /^https?$/ }).optional(),
  LOCKSTEP_MODEL: z.string().default(CONFIG_DEFAULTS.model),
  OPENAI_API_KEY: z.string().optional(),
  OPENAI_BASE_URL: z.url({ protocol: /^https?$/ }).optional(),
  LOCKSTEP_MODEL_TIMEOUT_SECONDS: z.coerce.number().min(1).max(3_600).default(60),
  LOCKSTEP_CHUNK_TOKENS: z.coerce.number().int().min(16).max(8_192).default(200),
  LOCKSTEP_CHUNK_OVERLAP: z.coerce.number().int().min(0).max(4_096).default(0),
  LOCKSTEP_ALLOW_NETWORKS: z
    .string()
    .transform((text) => text.split(/[\s,]+/).filter((part) => part !== ''))
    .pipe(z.array(cidr))
    .default([]),
  LOCKSTEP_CRAWL_CONTACT: z
    .string()
    .regex(/^[\x20-\x7e]{1,200}$/, 'printable ASCII, at most 200 characters')
    .default('no contact given'),
  LOCKSTEP_READERS: z.coerce.number().int().min(1).max(64).default(2),
  LOCKSTEP_CHROMIUM: z.string().optional(),
  GITHUB_TOKEN: z.string().optional(),
  LOCKSTEP_HOST: z.string().default(CONFIG_DEFAULTS.host),
  LOCKSTEP_PORT: z.coerce.number().int().min(0).max(65_535).default(CONFIG_DEFAULTS.port),
  LOCKSTEP_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('warn'),
});

export type ConfigOutcome =
  | { readonly kind: 'config'; readonly config: Config }
  /** One line for every variable that is wrong. */
  | { readonly kind: 'problems'; readonly problems: readonly string[] };

/** Environment variables to config. Pure; an empty variable counts as not set. */
export function envToConfig(env: Readonly<Record<string, string | undefined>>): ConfigOutcome {
  const given = Object.entries(env).filter(([, value]) => value !== undefined && value !== '');
  const parsed = settings.safeParse(Object.fromEntries(given));
  if (!parsed.success) {
    const problems = parsed.error.issues.map(
      ({ path, message }) => `${String(path[0])}: ${message}`,
    );
    return { kind: 'problems', problems };
  }
  return { kind: 'config', config: configOf(parsed.data) };
}

const configOf = (found: z.infer<typeof settings>): Config => ({
  dataFolder: found.LOCKSTEP_DATA,
  databaseUrl: found.DATABASE_URL ?? null,
  qdrantUrl: found.QDRANT_URL ?? null,
  qdrantApiKey: found.QDRANT_API_KEY ?? null,
  databaseConnectionsMax: found.LOCKSTEP_DATABASE_CONNECTIONS,
  databaseIdleMs: found.LOCKSTEP_DATABASE_IDLE_SECONDS * 1_000,
  embedder: found.LOCKSTEP_EMBEDDER,
  embedderThreads: found.LOCKSTEP_EMBEDDER_THREADS,
  hubToken: found.HF_TOKEN ?? null,
  hubUrl: found.HF_ENDPOINT ?? null,
  model: found.LOCKSTEP_MODEL,
  openaiApiKey: found.OPENAI_API_KEY ?? null,
  openaiBaseUrl: found.OPENAI_BASE_URL ?? null,
  modelTimeoutMs: found.LOCKSTEP_MODEL_TIMEOUT_SECONDS * 1_000,
  chunkTokensMax: found.LOCKSTEP_CHUNK_TOKENS,
  chunkOverlap: found.LOCKSTEP_CHUNK_OVERLAP,
  allowNetworks: found.LOCKSTEP_ALLOW_NETWORKS,
  crawlContact: found.LOCKSTEP_CRAWL_CONTACT,
  readers: found.LOCKSTEP_READERS,
  chromium: found.LOCKSTEP_CHROMIUM ?? null,
  githubToken: found.GITHUB_TOKEN ?? null,
  host: found.LOCKSTEP_HOST,
  port: found.LOCKSTEP_PORT,
  logLevel: found.LOCKSTEP_LOG_LEVEL,
});
