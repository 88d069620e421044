import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import {
  type EmbeddingScript,
  embeddingBody,
  embeddingFault,
  sendEmbeddings,
} from './openai-embeddings.ts';

/** What the server does with one chat request. */
type ChatScript = {
  /** Pieces of the answer, one chunk each; joined when the request is not streamed. */
  readonly parts: readonly string[];
  /** How it goes after the pieces. */
  readonly end?:
    | { readonly kind: 'finish'; readonly reason: 'stop' | 'length' | 'content_filter' }
    /** The connection is torn. */
    | { readonly kind: 'tear' }
    /** The response ends well formed, but without a reason and without `[DONE]`. */
    | { readonly kind: 'cut' }
    /** An `error` object in the stream, as OpenAI sends it. */
    | { readonly kind: 'error'; readonly message: string }
    | { readonly kind: 'garbage' }
    /** Nothing more, for as long as the client stays. */
    | { readonly kind: 'silence' };
  /** What `model` says in the response; the requested one when absent. */
  readonly model?: string;
  readonly usage?: { readonly prompt: number; readonly completion: number };
};

export type ErrorScript = {
  readonly status: number;
  readonly error: {
    readonly message: string;
    readonly type: string;
    readonly param?: string | null;
    readonly code?: string | null;
  };
  readonly headers?: Readonly<Record<string, string>>;
};

type SeenRequest = {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | null;
  readonly headers: IncomingHttpHeaders;
  readonly body: Record<string, unknown>;
  /** Resolves when the response is over: `true` when the client left before its end. */
  readonly left: Promise<boolean>;
};

export type OpenAiServer = {
  /** Ends in `/v1`. */
  readonly baseUrl: string;
  readonly requests: readonly SeenRequest[];
  /** What the next chat requests get, in order; without a script it is "Hello." */
  script(...scripts: readonly (ChatScript | ErrorScript)[]): void;
  /** What the next embeddings requests get, in order; without a script, vectors. */
  scriptEmbeddings(...scripts: readonly (EmbeddingScript | ErrorScript)[]): void;
  /** Bytes on all connections so far, headers included. */
  traffic(): { readonly receivedBytes: number; readonly sentBytes: number };
  close(): Promise<void>;
};

export type OpenAiServerOptions = {
  /** Requests without it get 401. */
  readonly apiKey?: string;
  readonly models?: readonly string[];
  /** Length of the vectors that `/v1/embeddings` gives. */
  readonly dimension?: number;
};

/** A loopback server that speaks OpenAI's API for chat completions, embeddings and models. */
export async function startOpenAiServer(options: OpenAiServerOptions = {}): Promise<OpenAiServer> {
  const requests: SeenRequest[] = [];
  const scripts: (ChatScript | ErrorScript)[] = [];
  const embeddingScripts: (EmbeddingScript | ErrorScript)[] = [];
  const server = createServer(async (request, response) => {
    const left = new Promise<boolean>((resolve) => {
      response.on('close', () => resolve(!response.writableFinished));
    });
    const read = await readJson(request);
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    const authorization = request.headers.authorization ?? null;
    const body = read ?? {};
    const { headers, method = '' } = request;
    requests.push({ method, path, authorization, headers, body, left });
    if (options.apiKey !== undefined && authorization !== `Bearer ${options.apiKey}`) {
      return refuse(response, 401, 'invalid_api_key', 'Incorrect API key provided.');
    }
    if (path === '/v1/models' && request.method === 'GET') {
      const models = options.models ?? ['gpt-test'];
      return answer(response, { object: 'list', data: models.map(modelObject) });
    }
    if (request.method !== 'POST') return refuse(response, 404, null, `Unknown: ${path}`);
    if (read === null) return refuse(response, 400, null, 'We could not parse the JSON body.');
    if (path === '/v1/embeddings') {
      return embed(response, body, { dimension: 8, ...options }, embeddingScripts.shift());
    }
    if (path === '/v1/chat/completions') return complete(response, body, scripts.shift(), options);
    return refuse(response, 404, null, `Invalid URL (POST ${path})`);
  });
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    requests,
    script: (...next) => void scripts.push(...next),
    traffic: () => ({
      receivedBytes: sockets.values().reduce((sum, socket) => sum + socket.bytesRead, 0),
      sentBytes: sockets.values().reduce((sum, socket) => sum + socket.bytesWritten, 0),
    }),
    scriptEmbeddings: (...next) => void embeddingScripts.push(...next),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const modelObject = (id: string) => ({
  id,
  object: 'model',
  created: 1_700_000_000,
  owned_by: 'x',
});

function complete(
  response: ServerResponse,
  body: Record<string, unknown>,
  script: ChatScript | ErrorScript | undefined,
  { models }: OpenAiServerOptions,
): ServerResponse {
  const { model, messages, stream } = body;
  if (typeof model !== 'string') {
    return refuse(response, 400, null, 'you must provide a model parameter');
  }
  if (!Array.isArray(messages) || messages.length === 0) {
    return refuse(response, 400, null, "Missing required parameter: 'messages'.", 'messages');
  }
  if (models !== undefined && !models.includes(model)) {
    return refuse(response, 404, 'model_not_found', `The model \`${model}\` does not exist.`);
  }
  if (script !== undefined && 'status' in script) return sendError(response, script);
  const chat: ChatScript = script ?? { parts: ['Hello', '.'] };
  const frame = {
    id: 'chatcmpl-1',
    created: 1_700_000_000,
    model: chat.model ?? model,
    system_fingerprint: 'fp_1',
  };
  const usage = {
    prompt_tokens: chat.usage?.prompt ?? 11,
    completion_tokens: chat.usage?.completion ?? chat.parts.length,
    total_tokens: (chat.usage?.prompt ?? 11) + (chat.usage?.completion ?? chat.parts.length),
  };
  if (stream === true) return streamCompletion(response, { body, chat, frame, usage });
  const { end } = chat;
  if (end?.kind === 'tear') return response.destroy();
  return answer(response, {
    ...frame,
    object: 'chat.completion',
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: chat.parts.join(''), refusal: null },
        logprobs: null,
        finish_reason: end?.kind === 'finish' ? end.reason : 'stop',
      },
    ],
    usage,
  });
}

function streamCompletion(
  response: ServerResponse,
  options: {
    readonly body: Record<string, unknown>;
    readonly chat: ChatScript;
    readonly frame: object;
    readonly usage: object;
  },
): ServerResponse {
  const { chat, frame, usage } = options;
  const { stream_options: streamOptions } = options.body;
  const withUsage =
    typeof streamOptions === 'object' &&
    streamOptions !== null &&
    Reflect.get(streamOptions, 'include_usage') === true;
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
  const send = (event: object) => response.write(`data: ${JSON.stringify(event)}\n\n`);
  const chunk = (choices: readonly object[], extra: object = {}) =>
    send({
      ...frame,
      object: 'chat.completion.chunk',
      choices,
      ...(withUsage ? { usage: null } : {}),
      ...extra,
    });
  const choice = (delta: object, reason: string | null) => [
    { index: 0, delta, logprobs: null, finish_reason: reason },
  ];
  chunk(choice({ role: 'assistant', content: '', refusal: null }, null));
  for (const content of chat.parts) chunk(choice({ content }, null));
  const end = chat.end ?? { kind: 'finish', reason: 'stop' };
  if (end.kind === 'silence') return response;
  // After what was written is on its way; torn at once, the pieces would be lost with it.
  if (end.kind === 'tear') {
    setImmediate(() => response.destroy());
    return response;
  }
  if (end.kind === 'error') {
    send({ error: { message: end.message, type: 'server_error', param: null, code: null } });
  } else if (end.kind === 'garbage') {
    response.write('data: {"choices": [\n\n');
  } else if (end.kind === 'finish') {
    chunk(choice({}, end.reason));
    if (withUsage) chunk([], { usage });
    response.write('data: [DONE]\n\n');
  }
  return response.end();
}

function embed(
  response: ServerResponse,
  body: Record<string, unknown>,
  { dimension }: { readonly dimension: number },
  script: EmbeddingScript | ErrorScript | undefined,
): ServerResponse | Promise<void> {
  if (script !== undefined && 'status' in script) return sendError(response, script);
  const fault = embeddingFault(body);
  if (fault !== null) return refuse(response, 400, null, fault, 'input');
  return sendEmbeddings(response, embeddingBody(body, dimension), script);
}

async function readJson(request: IncomingMessage): Promise<Record<string, unknown> | null> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  try {
    const value: unknown = JSON.parse(Buffer.concat(pieces).toString('utf8') || '{}');
    return typeof value === 'object' && value !== null ? { ...value } : null;
  } catch {
    return null;
  }
}

const answer = (response: ServerResponse, body: object): ServerResponse => {
  response.writeHead(200, { 'content-type': 'application/json', 'x-request-id': 'req_1' });
  return response.end(JSON.stringify(body));
};

const refuse = (
  response: ServerResponse,
  status: number,
  code: string | null,
  message: string,
  param: string | null = null,
): ServerResponse =>
  sendError(response, { status, error: { message, type: 'invalid_request_error', param, code } });

function sendError(
  response: ServerResponse,
  { status, error, headers }: ErrorScript,
): ServerResponse {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  return response.end(JSON.stringify({ error: { param: null, code: null, ...error } }));
}
