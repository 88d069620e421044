/** Raw bytes under their content hash. */
export interface BlobStore {
  /** Stores bytes and gives their key, `sha256` in hex. Storing the same bytes again is free. */
  put(bytes: Uint8Array): Promise<string>;
  /** Rejects with `not_found` when the key is unknown, `internal` when the bytes do not match it. */
  get(key: string): Promise<Uint8Array>;
  has(key: string): Promise<boolean>;
}
