import type { ModelVersion } from '#domain/model.ts';
import type { ViewRequest } from '#features/ensure-view.ts';
import type { Answerer } from '#ports/answerer.ts';
import type { BatchQueue } from '#ports/batch-queue.ts';
import type { BlobStore } from '#ports/blob-store.ts';
import type { ChatModel } from '#ports/chat-model.ts';
import type { DatasetStore } from '#ports/dataset-store.ts';
import type { SparseEncoder, SparseEncoderOf } from '#ports/embedder.ts';
import type { EmbedderPool } from '#ports/embedder-pool.ts';
import type { FeatureIndex } from '#ports/feature-index.ts';
import type { JobQueue } from '#ports/job-queue.ts';
import type { PageFetcher } from '#ports/page-fetcher.ts';
import type { PageReader } from '#ports/page-reader.ts';
import type { PageShelf } from '#ports/page-shelf.ts';
import type { Registry } from '#ports/registry.ts';
import type { Clock, Ids, Log } from '#ports/system.ts';

/** What every command can work with, once the database has been reached. */
export type Lockstep = {
  readonly registry: Registry;
  readonly fetcher: PageFetcher;
  /** One that reaches this machine as well: for the sample site, and for nothing that others write. */
  readonly loopbackFetcher: PageFetcher;
  readonly renderer: PageFetcher;
  readonly shelves: { readonly github: PageShelf; readonly folder: PageShelf };
  readonly reader: PageReader;
  readonly blobs: BlobStore;
  readonly embedders: EmbedderPool;
  /** The encoder that new views get. */
  readonly sparse: SparseEncoder;
  readonly sparseOf: SparseEncoderOf;
  readonly index: FeatureIndex;
  readonly batches: BatchQueue;
  readonly jobs: JobQueue;
  readonly datasetStore: DatasetStore;
  readonly answerer: Answerer;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly settings: Settings;
  /** Throws `invalid_config` for a model that this process cannot ask. */
  readonly chatModelOf: (
    model: Pick<ModelVersion, 'provider' | 'reference' | 'parameters'>,
  ) => ChatModel;
  close(): Promise<void>;
};

/** The part of the configuration that commands read. */
type Settings = {
  readonly dataFolder: string;
  readonly viewName: string;
  readonly chunker: ViewRequest['chunker'];
  readonly userAgent: string;
  readonly embedder: string;
  readonly model: string;
  readonly host: string;
  readonly port: number;
  /** Folder of the prompt files that come with the project. */
  readonly promptsFolder: string;
  readonly sampleFolder: string;
  readonly version: string;
};

/** A site served on loopback from a folder. */
export type ServedSite = { readonly origin: string; close(): Promise<void> };

/** Where the registry lives, found without reaching for it. */
export type DatabaseDescription = {
  readonly kind: 'embedded' | 'server';
  /** Data folder or server, without any password. */
  readonly place: string;
  /** `null` for a server, whose process is not ours to see. */
  readonly running: {
    readonly pid: number;
    readonly address: string;
    readonly startedAt: string;
  } | null;
};

/** What `main.ts` gives to the commands. */
export type Cli = {
  /** Reaches the database, applies migrations, loads the embedder. */
  open(dataFolder: string | null): Promise<Lockstep>;
  /** Looks at the database's process; starts none. */
  describeDatabase(dataFolder: string | null): Promise<DatabaseDescription>;
  /** Keeps a second `up` out of the data folder; rejects with `lease_held`, `folder_unwritable`. */
  lockFolder(dataFolder: string | null): Promise<{ release(): void }>;
  serveSite(folder: string, port: number): Promise<ServedSite>;
  readonly terminal: boolean;
  /** Who is at work, for the histories: the operating system's account. */
  readonly account: string;
  readonly signal: AbortSignal;
  out(text: string): void;
  error(text: string): void;
  readText(path: string): Promise<string>;
  readFolder(path: string): Promise<readonly string[]>;
  /** Rejects with `folder_unwritable`, naming the option, when no file can be written there. */
  requireWritable(path: string, param: string): Promise<void>;
  /** Writes a file as a whole or not at all; rejects as `requireWritable` does. */
  writeText(path: string, text: string, param: string): Promise<void>;
};
