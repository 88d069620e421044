import {
  AutoModel,
  env,
  LogLevel,
  ModelFileNotFoundError,
  type PreTrainedModel,
} from '@xenova/transformers';
import { AppError } from '#domain/errors.ts';
import { fetchSettings } from './fetch-settings.ts';
import type { ModelPlace } from './model-place.ts';
import type { ThreadStart } from './thread-messages.ts';

/**
 * Loads a model, from its folder or from the hub through the cache folder. One thread a session:
 * several sessions side by side do more than one session of several threads, and do not wait for
 * each other.
 */
export async function openModel(start: ThreadStart): Promise<PreTrainedModel> {
  const { place, dtype, cacheFolder, hubUrl } = start;
  env.logLevel = LogLevel.NONE;
  env.remoteHost = hubUrl;
  env.cacheDir = cacheFolder;
  env.allowRemoteModels = place.kind === 'hub';
  // A hub id never means a folder of the library's own.
  env.localModelPath = cacheFolder;
  try {
    if (place.kind === 'hub') await fetchSettings({ ...start, place });
    return await AutoModel.from_pretrained(place.kind === 'hub' ? place.id : place.folder, {
      dtype,
      device: 'cpu',
      cache_dir: cacheFolder,
      local_files_only: place.kind === 'folder',
      subfolder: place.kind === 'hub' ? 'onnx' : place.subfolder,
      ...(place.kind === 'hub' ? { revision: place.revision } : {}),
      session_options: { intraOpNumThreads: 1, interOpNumThreads: 1, executionMode: 'sequential' },
    });
  } catch (thrown) {
    throw openingFailure(thrown, place, hubUrl);
  }
}

function openingFailure(thrown: unknown, place: ModelPlace, hubUrl: string): AppError {
  if (thrown instanceof AppError) return thrown;
  const words = thrown instanceof Error ? thrown.message : String(thrown);
  if (place.kind === 'folder') {
    return new AppError('invalid_input', `the model in ${place.folder} cannot be loaded: ${words}`);
  }
  const { id, revision } = place;
  if (thrown instanceof ModelFileNotFoundError) {
    return new AppError('not_found', `${id} (revision ${revision}) lacks a file: ${words}`);
  }
  return new AppError(
    'upstream_unavailable',
    `${id} cannot be loaded from ${hubUrl}: ${words}. Without a way to the hub, copy the model's ` +
      'config.json, tokenizer.json, tokenizer_config.json and onnx folder here, and give the ' +
      "folder in place of the hub's name.",
    { retryable: true },
  );
}
