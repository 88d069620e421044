import type { Clock, Ids, Log } from '#ports/system.ts';

export type QdrantOptions = {
  /** `http://…` or `https://…`; port 6333 unless it names one, and a path that a proxy wants. */
  readonly url: string;
  /** `null` for a server that asks for none. */
  readonly apiKey: string | null;
  readonly clock: Pick<Clock, 'sleep' | 'monotonicMs'>;
  readonly random: Ids['random'];
  readonly log: Pick<Log, 'warn'>;
  readonly limits?: Partial<QdrantLimits>;
};

export type QdrantLimits = {
  /** Most time for one attempt of one request. */
  readonly timeoutMs: number;
  /** Attempts after the first. */
  readonly retriesMax: number;
  /** Before the first further attempt; doubles with each. */
  readonly retryDelayMs: number;
  /** Of one upsert request; Qdrant takes 32 MB unless it is told otherwise. */
  readonly requestPointsMax: number;
  readonly requestBytesMax: number;
  /** Upsert requests under way at once, for one call. */
  readonly requestsAtOnceMax: number;
  /** Most time that sealing waits for Qdrant's own indexing; what it is behind with is scanned. */
  readonly indexingMsMax: number;
  /** Points of one score that are told apart by id where a ranking is cut. */
  readonly tiesMax: number;
};

const LIMITS: QdrantLimits = {
  timeoutMs: 30_000,
  retriesMax: 4,
  retryDelayMs: 200,
  requestPointsMax: 256,
  requestBytesMax: 8 * 2 ** 20,
  requestsAtOnceMax: 4,
  indexingMsMax: 120_000,
  tiesMax: 4_096,
};

export type QdrantSettings = Omit<QdrantOptions, 'limits'> & { readonly limits: QdrantLimits };

export const settingsOf = ({ limits, ...rest }: QdrantOptions): QdrantSettings => ({
  ...rest,
  limits: { ...LIMITS, ...limits },
});
