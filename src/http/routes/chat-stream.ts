import type { Answer, AnswerEvent, Provenance } from '#domain/answer.ts';
import { AppError } from '#domain/errors.ts';
import type { Clock } from '#ports/system.ts';
import type { HttpLimits } from '../deps.ts';
import { asAppError } from '../route.ts';
import { type ChatFrames, KEEP_ALIVE_FRAME } from './chat-frames.ts';

/** Why a generation stops when nobody reads it any more. */
export const LEFT = new AppError('cancelled', 'the client left before its answer ended.');

/** Events of one chunk. */
const BATCH_MAX = 16;

type Events = AsyncIterator<AnswerEvent>;

/** A stream that has shown that it works: where its answer comes from, and its first words. */
export type Opening = { readonly provenance: Provenance; readonly first: AnswerEvent };

/**
 * Waits for the first words, so that whatever fails before them is an error with a status, which a
 * client can act on, instead of a stream that breaks.
 */
export async function openEvents(events: Events): Promise<Opening> {
  const started = await nextOf(events);
  if (started.kind !== 'started') {
    throw new AppError('internal', `an answer began with ${started.kind} instead of started`);
  }
  return { provenance: started.provenance, first: await nextOf(events) };
}

async function nextOf(events: Events): Promise<AnswerEvent> {
  const { done, value } = await events.next();
  if (done) throw new AppError('internal', 'an answer stopped before it ended');
  return value;
}

export type ChatStreamOptions = {
  readonly events: Events;
  readonly first: AnswerEvent;
  readonly frames: ChatFrames;
  /** Aborted when the client leaves, so that the generation ends upstream as well. */
  readonly controller: AbortController;
  readonly clock: Pick<Clock, 'sleep'>;
  readonly limits: Pick<HttpLimits, 'keepAliveMs' | 'unreadMax'>;
  /** Called once: with the whole answer, or with what broke it off. */
  readonly onEnd: (outcome: Answer | AppError) => void;
  /** Told of what breaks after the end, which no client can be told of. */
  readonly onFault: (thrown: unknown) => void;
  /** The last event of a stream that broke off. */
  readonly problem: (error: AppError) => string;
  /** Ends the connection of a client that does not read. */
  readonly cut: () => void;
};

/** Events as bytes, generated hardly faster than they are read. */
export function createChatStream(options: ChatStreamOptions): ReadableStream<Uint8Array> {
  const { events, frames, controller } = options;
  let pending: AnswerEvent | null = options.first;
  let batch = frames.role;
  let batched = 0;
  let sent = 0;
  let isEnded = false;

  const flush = (sink: Sink) => {
    if (batch !== '' && !isEnded) sink.enqueue(Buffer.from(batch));
    batch = '';
    batched = 0;
  };
  /** Events that come in one turn of the event loop travel together; none waits for a later one. */
  const send = (sink: Sink, frame: string) => {
    sent += 1;
    batch += frame;
    batched += 1;
    if (batched >= BATCH_MAX) flush(sink);
    else if (batched === 1) process.nextTick(flush, sink);
  };
  const end = (outcome: Answer | AppError) => {
    isEnded = true;
    options.onEnd(outcome);
    controller.abort(LEFT);
    // Not waited for: whoever ignores the signal must not keep the response from ending.
    events.return?.().catch(options.onFault);
  };
  const finish = (sink: Sink, frame: string, outcome: Answer | AppError) => {
    send(sink, frame);
    flush(sink);
    sink.close();
    end(outcome);
  };
  const breakOff = (sink: Sink, thrown: unknown) => {
    if (isEnded) return;
    const error = asAppError(thrown, controller.signal);
    finish(sink, options.problem(error), error);
  };

  return new ReadableStream<Uint8Array>({
    start: (sink) => {
      keepAlive(sink, () => sent, options).catch((thrown) => breakOff(sink, thrown));
    },
    pull: async (sink) => {
      try {
        while (!isEnded && (sink.desiredSize ?? 0) > 0) {
          const event = pending ?? (await nextOf(events));
          pending = null;
          if (isEnded) return;
          if (event.kind === 'text') send(sink, frames.text(event.text));
          else if (event.kind === 'ended') finish(sink, frames.end(event.answer), event.answer);
        }
      } catch (thrown) {
        breakOff(sink, thrown);
      }
    },
    cancel: () => {
      if (!isEnded) end(LEFT);
    },
  });
}

type Sink = ReadableStreamDefaultController<Uint8Array>;

/** Resolves when the stream has ended. `sent` counts the events that were written. */
async function keepAlive(
  sink: Sink,
  sent: () => number,
  { clock, limits, controller: { signal }, cut }: ChatStreamOptions,
): Promise<void> {
  let before = sent();
  let unread = 0;
  for (;;) {
    try {
      await clock.sleep(limits.keepAliveMs, signal);
    } catch (thrown) {
      if (signal.aborted) return;
      throw thrown;
    }
    const isQuiet = sent() === before;
    const isRead = (sink.desiredSize ?? 0) > 0;
    before = sent();
    unread = isQuiet && !isRead ? unread + 1 : 0;
    if (unread >= limits.unreadMax) cut();
    else if (isQuiet && isRead) sink.enqueue(Buffer.from(KEEP_ALIVE_FRAME));
  }
}
