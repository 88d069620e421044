/** One file of a dataset, line by line; lines hold no newline of their own. */
export type DatasetFile = { readonly name: string; readonly lines: Iterable<string> };

/** A file as it was written: UTF-8, every line ended by `\n`. */
export type WrittenFile = {
  readonly name: string;
  readonly rows: number;
  readonly bytes: number;
  /** Lower-case hex, over the bytes. */
  readonly sha256: string;
};

type WrittenDataset = {
  /** What `read` takes, and where people find the files. */
  readonly folder: string;
  readonly files: readonly WrittenFile[];
};

/** Files of datasets. A dataset is there with all its files, or not at all; it is never changed. */
export interface DatasetStore {
  /**
   * Writes all files of one dataset (`instruct@v1`). The same files again change nothing; others
   * under an id that is there reject with `already_exists`. Rejects with `folder_unwritable` naming
   * the folder, and with `invalid_input` for an id or a name that is no plain one.
   */
  write(id: string, files: readonly DatasetFile[], signal: AbortSignal): Promise<WrittenDataset>;
  /** Lines of one file. Rejects with `not_found` on the first step when there is no such file. */
  read(folder: string, name: string, signal: AbortSignal): AsyncIterable<string>;
}
