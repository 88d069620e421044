/** AuthenticationCleartextPassword. Source of all here: PostgreSQL's manual, "Message Formats". */
export const ASK_PASSWORD = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 3]);

/** Answer to a request for encryption that there is none. */
export const NO_ENCRYPTION = Buffer.from('N');

/** A Sync, which ends whatever a client left half said. */
export const SYNC = Buffer.from([0x53, 0, 0, 0, 4]);

/** An ErrorResponse that ends the connection. */
export function fatalError(code: string, message: string): Buffer {
  const fields = [`SFATAL`, `VFATAL`, `C${code}`, `M${message}`].map((field) => `${field}\0`);
  const body = Buffer.from(`${fields.join('')}\0`);
  const head = Buffer.alloc(5);
  head.write('E');
  head.writeInt32BE(4 + body.length, 1);
  return Buffer.concat([head, body]);
}

/** The password of a PasswordMessage; `null` when the bytes are another message. */
export function passwordOf(message: Uint8Array): string | null {
  const bytes = Buffer.from(message);
  if (bytes[0] !== 0x70 || bytes.at(-1) !== 0) return null;
  return bytes.subarray(5, -1).toString('utf8');
}
