import { AppError } from '#domain/errors.ts';

/** A body that arrives; destroying it closes its connection. */
export type ArrivingBody = AsyncIterable<Uint8Array> & { destroy(): unknown };

/**
 * All bytes of a body as they were sent. Rejects with `too_large` over the cap, before reading any
 * when the announced length says so already. The connection of a refused body is closed.
 */
export async function readBody(
  body: ArrivingBody,
  contentLength: string,
  bodyBytesMax: number,
): Promise<Uint8Array> {
  if (Number(contentLength) > bodyBytesMax) throw tooLarge(`${contentLength} bytes`, bodyBytesMax);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.byteLength;
    if (bytes > bodyBytesMax) throw tooLarge('more', bodyBytesMax);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, bytes);
}

const tooLarge = (size: string, bytesMax: number) =>
  new AppError(
    'too_large',
    `the body is ${size} where at most ${bytesMax} bytes are taken; leave it out, or link to a smaller page`,
  );
