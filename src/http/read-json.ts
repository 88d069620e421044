import { isUtf8 } from 'node:buffer';
import type { z } from 'zod';
import { AppError } from '#domain/errors.ts';
import type { HttpContext } from './deps.ts';

/**
 * The request's JSON body, checked. Rejects with `unsupported_type`, `too_large`, and
 * `invalid_input` naming the field at fault.
 */
export async function readJson<T>(
  c: HttpContext,
  schema: z.ZodType<T>,
  bytesMax: number,
): Promise<T> {
  requireJson(c.req.header('content-type'));
  const bytes = await readBytes(c, bytesMax);
  return check(schema, parseJson(bytes));
}

function parseJson(bytes: Buffer): unknown {
  // Decoding puts U+FFFD for what is not UTF-8; the text would not be the one that was sent.
  if (!isUtf8(bytes)) throw new AppError('invalid_input', 'the body is not UTF-8.');
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (cause) {
    throw new AppError('invalid_input', 'the body is not JSON.', { cause });
  }
}

function requireJson(contentType: string | undefined): void {
  const mediaType = contentType?.split(';', 1)[0]?.trim().toLowerCase();
  if (mediaType === 'application/json' || mediaType?.endsWith('+json')) return;
  const what = mediaType === undefined ? 'no Content-Type' : `Content-Type ${mediaType}`;
  throw new AppError('unsupported_type', `the request has ${what}; send application/json.`);
}

async function readBytes(c: HttpContext, bytesMax: number): Promise<Buffer> {
  const declared = c.req.header('content-length');
  if (declared === undefined) return readCounted(c.req.raw.body, bytesMax);
  // Node's parser holds a body to its declared length.
  if (Number(declared) > bytesMax) throw tooLarge(bytesMax);
  const bytes = Buffer.from(await c.req.raw.arrayBuffer());
  if (bytes.byteLength > bytesMax) throw tooLarge(bytesMax);
  return bytes;
}

async function readCounted(
  body: ReadableStream<Uint8Array> | null,
  bytesMax: number,
): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.byteLength;
    if (size > bytesMax) throw tooLarge(bytesMax);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

const tooLarge = (bytesMax: number) =>
  new AppError('too_large', `the body is over ${bytesMax} bytes; send less at once.`);

/** A value of the schema's type, or `invalid_input` for the first thing that is wrong with it. */
export function check<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  if (issue === undefined) throw new AppError('invalid_input', 'the body is not as it should be.');
  const keys = issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
  const param = pathOf([...issue.path, ...keys]);
  const message = keys.length > 0 ? 'is not a field that is known; leave it out.' : issue.message;
  throw new AppError(
    'invalid_input',
    `${param === '' ? 'the body' : param}: ${message}`,
    param === '' ? {} : { param },
  );
}

/** `messages[2].content`. */
const pathOf = (path: readonly PropertyKey[]): string =>
  path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    return text === '' ? String(key) : `${text}.${String(key)}`;
  }, '');
