import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  embeddingBody,
  embeddingFault,
  sendEmbeddings,
} from '../../test/fakes/openai-embeddings.ts';

export type SlowEmbeddings = {
  /** Ends in `/v1`. */
  readonly baseUrl: string;
  /** Requests and texts so far. */
  counts(): { readonly requests: number; readonly texts: number };
  close(): Promise<void>;
};

const DIMENSION = 256;

export type Pace = {
  readonly requestMs: number;
  readonly textMs: number;
  /** Whoever comes with the same key waits for its own requests before, as for a machine of its own. */
  readonly oneAtATime: boolean;
};

/** An OpenAI-compatible server that takes its time for each request and for each of its texts. */
export async function serveSlowEmbeddings(pace: Pace): Promise<SlowEmbeddings> {
  const counts = { requests: 0, texts: 0 };
  const lanes = new Map<string, Promise<void>>();
  const turnOf = (key: string, ms: number): Promise<void> => {
    const before = pace.oneAtATime ? (lanes.get(key) ?? Promise.resolve()) : Promise.resolve();
    const turn = before.then(() => sleep(ms));
    lanes.set(key, turn);
    return turn;
  };
  const server = createServer(async (request, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const body = JSON.parse(Buffer.concat(pieces).toString('utf8')) as Record<string, unknown>;
    const fault = embeddingFault(body);
    if (fault !== null) {
      response.writeHead(400, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ error: { message: fault, type: 'invalid_request_error' } }));
      return;
    }
    const answer = embeddingBody(body, DIMENSION);
    counts.requests += 1;
    counts.texts += answer.data.length;
    const ms = pace.requestMs + pace.textMs * answer.data.length;
    await sendEmbeddings(response, answer, {
      until: turnOf(request.headers.authorization ?? '', ms),
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    counts: () => ({ ...counts }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
