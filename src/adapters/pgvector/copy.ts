import type pg from 'pg';

/** Source: PostgreSQL's manual, "COPY", "Binary Format": signature, no flags, no extension. */
const HEADER = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');
const TRAILER = Buffer.from([0xff, 0xff]);
const NULL_LENGTH = -1;
const FIRST_BYTES = 64 * 1024;
/** Bytes of one message; Postgres takes less than 1 GB. */
const MESSAGE_BYTES = 4 * 2 ** 20;

/** Writes rows in the binary format of COPY, one field after the other. */
export function createCopyRows() {
  let buffer = Buffer.allocUnsafe(FIRST_BYTES);
  let at = HEADER.copy(buffer);
  const reserve = (bytes: number) => {
    if (at + bytes <= buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(2 * buffer.length, at + bytes));
    buffer.copy(larger, 0, 0, at);
    buffer = larger;
  };
  const field = (bytes: number) => {
    reserve(4 + bytes);
    at = buffer.writeInt32BE(bytes, at);
  };
  return {
    row(fields: number): void {
      reserve(2);
      at = buffer.writeInt16BE(fields, at);
    },
    integer(value: number): void {
      field(4);
      at = buffer.writeInt32BE(value, at);
    },
    bigint(value: number): void {
      field(8);
      at = buffer.writeBigInt64BE(BigInt(value), at);
    },
    text(value: string): void {
      field(Buffer.byteLength(value));
      at += buffer.write(value, at);
    },
    nothing(): void {
      reserve(4);
      at = buffer.writeInt32BE(NULL_LENGTH, at);
    },
    /** A value that is in its type's binary format itself. */
    bytes(value: Uint8Array): void {
      field(value.length);
      buffer.set(value, at);
      at += value.length;
    },
    end(): Buffer {
      reserve(TRAILER.length);
      at += TRAILER.copy(buffer, at);
      return buffer.subarray(0, at);
    },
  };
}

/** What a connection of `pg` has for COPY, which its types leave out. */
type Copying = pg.Connection & {
  sendCopyFromChunk(chunk: Uint8Array): void;
  endCopyFrom(): void;
};

/**
 * Loads rows by `COPY … FROM STDIN (FORMAT binary)`. They go right behind the statement, without
 * waiting to be asked for, which the protocol allows: that saves a round trip, and the embedded
 * database must have a statement whole before it begins.
 */
export function copyInto(client: pg.ClientBase, target: string, rows: Buffer): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const copy = {
    submit(given: pg.Connection): void {
      const connection = given as Copying;
      connection.stream.cork();
      const text = `copy ${target} from stdin (format binary)`;
      connection.parse({ name: '', text, types: [] }, true);
      connection.bind({}, true);
      connection.execute({}, true);
      for (let at = 0; at < rows.length; at += MESSAGE_BYTES) {
        connection.sendCopyFromChunk(rows.subarray(at, at + MESSAGE_BYTES));
      }
      connection.endCopyFrom();
      connection.sync();
      connection.stream.uncork();
    },
    handleError: reject,
    handleReadyForQuery: () => resolve(),
    // Both are no news: everything has been sent, and the end is when the server is ready again.
    handleCopyInResponse: () => undefined,
    handleCommandComplete: () => undefined,
  };
  client.query(copy);
  return promise;
}
