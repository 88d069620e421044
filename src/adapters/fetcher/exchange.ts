import type { Dispatcher } from 'undici';
import { AppError } from '#domain/errors.ts';

/** What came before the body. */
export type Head = {
  readonly status: number;
  /** A header's values, joined by commas; empty when it is missing. */
  header(name: string): string;
};

/** What is wanted of a body. */
export type BodyWish =
  /** All of it, unless it is longer; `judgeStart` throws when its first bytes are not wanted. */
  | {
      readonly kind: 'whole';
      readonly bytesMax: number;
      readonly judgeStart: (bytes: Uint8Array) => void;
    }
  /** Nothing; a short one is still read to its end, so that its connection can be used again. */
  | { readonly kind: 'nothing' };

export type Answer = {
  readonly head: Head;
  /** As it was sent; empty when nothing of it was wanted. */
  readonly body: Uint8Array;
};

export type ExchangeOptions = {
  readonly dispatcher: Dispatcher;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** Asked at the last header; throws to refuse the body before any of it is read. */
  readonly wish: (head: Head) => BodyWish;
  /** Bytes of bodies that came, whatever becomes of them. */
  readonly meter: { bytesReceived: number };
  readonly signal: AbortSignal;
};

const UNWANTED_BYTES_MAX = 16_384;

/**
 * Asks once and reads what is wanted of the answer. Rejects with what `wish` threw, `too_large`,
 * the signal's reason, or the vendor's error; the connection is closed then.
 */
export function exchange(options: ExchangeOptions): Promise<Answer> {
  const { dispatcher, url, headers, signal } = options;
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const reading = createReading(options);
    let controller: Dispatcher.DispatchController | null = null;
    const settle = (settlement: Settlement) => {
      signal.removeEventListener('abort', onAbort);
      if (settlement.kind === 'answered') resolve(settlement.answer);
      else reject(settlement.reason);
    };
    const onAbort = () => {
      settle(reading.fail(signal.reason));
      controller?.abort(reasonOf(signal));
    };
    /** Ends early what has been decided, and closes the connection. */
    const decide = (settlement: Settlement | null) => {
      if (settlement === null) return;
      settle(settlement);
      controller?.abort(new Error('the rest is not wanted'));
    };
    signal.addEventListener('abort', onAbort, { once: true });
    dispatcher.dispatch(
      { origin: url.origin, path: `${url.pathname}${url.search}`, method: 'GET', headers },
      {
        onRequestStart(started) {
          controller = started;
          if (signal.aborted) started.abort(reasonOf(signal));
        },
        onResponseStart(_, status, fields) {
          // What comes before the answer itself (100, 103) says nothing.
          if (status >= 200) decide(reading.start(headOf(status, fields)));
        },
        onResponseData: (_, chunk) => decide(reading.add(chunk)),
        onResponseEnd: () => settle(reading.end()),
        onResponseError: (_, cause) => settle(reading.fail(cause)),
      },
    );
  });
}

type Settlement =
  | { readonly kind: 'answered'; readonly answer: Answer }
  | { readonly kind: 'failed'; readonly reason: unknown };

type Fields = Parameters<NonNullable<Dispatcher.DispatchHandler['onResponseStart']>>[2];

const headOf = (status: number, fields: Fields): Head => ({
  status,
  header: (name) => [fields[name] ?? []].flat().join(', '),
});

const reasonOf = ({ reason }: AbortSignal): Error =>
  reason instanceof Error ? reason : new Error(String(reason));

/** An answer as it arrives. Each step gives the settlement that it leads to, if it does. */
function createReading({ wish: wishOf, meter }: ExchangeOptions) {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  let head: Head | null = null;
  let wish: BodyWish = { kind: 'nothing' };

  const fail = (reason: unknown): Settlement =>
    // The status is known already; how an unwanted body ends changes nothing.
    head !== null && wish.kind === 'nothing' ? answered(head) : { kind: 'failed', reason };
  const answered = (of: Head): Settlement => ({
    kind: 'answered',
    answer: { head: of, body: joined(chunks, bytes) },
  });
  const attempt = (step: () => Settlement | null): Settlement | null => {
    try {
      return step();
    } catch (reason) {
      return { kind: 'failed', reason };
    }
  };

  return {
    start: (started: Head) =>
      attempt(() => {
        wish = wishOf(started);
        head = started;
        const length = Number(started.header('content-length'));
        if (wish.kind === 'nothing') return length > UNWANTED_BYTES_MAX ? answered(started) : null;
        if (length > wish.bytesMax) throw tooLarge(`${length} bytes`, wish.bytesMax);
        return null;
      }),
    add: (chunk: Uint8Array) =>
      attempt(() => {
        const isFirst = bytes === 0;
        bytes += chunk.byteLength;
        meter.bytesReceived += chunk.byteLength;
        if (wish.kind === 'nothing') return bytes > UNWANTED_BYTES_MAX ? fail(null) : null;
        if (bytes > wish.bytesMax) throw tooLarge('more', wish.bytesMax);
        if (isFirst) wish.judgeStart(chunk);
        chunks.push(chunk);
        return null;
      }),
    end: () => (head === null ? fail(new Error('it ended before it began')) : answered(head)),
    fail,
  };
}

/** In memory of its own, so that it can be handed on to a thread. */
function joined(chunks: readonly Uint8Array[], bytes: number): Uint8Array {
  if (chunks.length === 0) return new Uint8Array();
  const whole = new Uint8Array(bytes);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.byteLength;
  }
  return whole;
}

const tooLarge = (size: string, bytesMax: number) =>
  new AppError(
    'too_large',
    `the body is ${size} where at most ${bytesMax} bytes are taken; leave it out, or link to a ` +
      'smaller page',
  );
