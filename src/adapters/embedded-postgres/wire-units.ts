/** What a client asks for in one go. */
export type Unit =
  | { readonly kind: 'refuse_encryption' }
  | { readonly kind: 'end' }
  | {
      readonly kind: 'messages';
      readonly bytes: Uint8Array;
      /** False after a Flush: the client is not done with the session. */
      readonly complete: boolean;
    };

const SSL_REQUEST = 80_877_103;
const GSS_REQUEST = 80_877_104;
const CANCEL_REQUEST = 80_877_102;
const MESSAGE_BYTES_MAX = 1 << 30;

/**
 * First bytes of the frontend messages that end a unit: Query, Sync, FunctionCall, Flush, a password,
 * and the two that end a COPY.
 */
const ENDS = new Set(['Q', 'S', 'F', 'H', 'p', 'c', 'f'].map((letter) => letter.charCodeAt(0)));
const FLUSH = 'H'.charCodeAt(0);
const TERMINATE = 'X'.charCodeAt(0);

/**
 * Cuts a client's byte stream into units. Source: PostgreSQL's manual, "Message Formats": a startup
 * packet is length and code, every later message a type byte and a length that counts itself.
 * The function throws a `RangeError` on lengths that no message has.
 */
export function createSplitter(emit: (unit: Unit) => void): (bytes: Buffer) => void {
  let started = false;
  let chunks: Buffer[] = [];
  let size = 0;
  /** Bytes that must be there before another look is worth it. */
  let wanted = 8;
  let unit: Buffer[] = [];

  const startup = (buffer: Buffer): number => {
    const length = buffer.readInt32BE(0);
    check(length, 8);
    if (buffer.length < length) return -length;
    const code = buffer.readInt32BE(4);
    if (code === SSL_REQUEST || code === GSS_REQUEST) emit({ kind: 'refuse_encryption' });
    else if (code === CANCEL_REQUEST) emit({ kind: 'end' });
    else {
      started = true;
      emit({ kind: 'messages', bytes: buffer.subarray(0, length), complete: true });
    }
    return length;
  };

  const message = (buffer: Buffer): number => {
    const length = 1 + buffer.readInt32BE(1);
    check(length, 5);
    if (buffer.length < length) return -length;
    const type = buffer[0] as number;
    if (type === TERMINATE) emit({ kind: 'end' });
    else unit.push(buffer.subarray(0, length));
    if (ENDS.has(type)) {
      emit({ kind: 'messages', bytes: Buffer.concat(unit), complete: type !== FLUSH });
      unit = [];
    }
    return length;
  };

  return (bytes) => {
    chunks.push(bytes);
    size += bytes.length;
    if (size < wanted) return;
    let buffer = Buffer.concat(chunks);
    wanted = 0;
    while (buffer.length >= (started ? 5 : 8)) {
      const taken: number = started ? message(buffer) : startup(buffer);
      if (taken < 0) {
        wanted = -taken;
        break;
      }
      buffer = buffer.subarray(taken);
    }
    chunks = buffer.length > 0 ? [buffer] : [];
    size = buffer.length;
  };
}

function check(length: number, least: number): void {
  if (length < least || length > MESSAGE_BYTES_MAX) {
    throw new RangeError(`a message of ${length} bytes is not of the Postgres protocol`);
  }
}
