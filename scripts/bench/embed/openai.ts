import { OpenAIEmbeddings } from '@langchain/openai';
import { createOpenAiEmbedder } from '../../../src/adapters/openai/embedder.ts';
import { systemClock, systemIds } from '../../../src/adapters/system/system.ts';
import { type OpenAiServer, startOpenAiServer } from '../../../test/fakes/openai-server.ts';
import { piecesOf, whole } from './texts.ts';

const CHUNKS = 2_000;
const TOKENS = 200;
const DIMENSION = 1_536;
const MODEL = 'text-embedding-3-small';

/**
 * Requests, bytes and time for many chunks against a local server that gives vectors at once, beside
 * LangChain's own class: what is left is the client's part. The third request fails once.
 */
export async function benchOpenAi(): Promise<string> {
  const { signal } = new AbortController();
  const lines = [
    await measured('lockstep', async ({ baseUrl }, chunks) => {
      const embedder = await createOpenAiEmbedder(
        {
          baseUrl,
          apiKey: null,
          model: MODEL,
          dimensions: DIMENSION,
          revision: MODEL,
          timeoutMs: 60_000,
          retriesMax: 3,
          clock: systemClock,
          random: systemIds.random,
        },
        signal,
      );
      return await embedder.embed(chunks, 'document', signal);
    }),
    await measured('LangChain OpenAIEmbeddings', async ({ baseUrl }, chunks) => {
      const configuration = { baseURL: baseUrl };
      const options = { model: MODEL, apiKey: 'none', dimensions: DIMENSION, configuration };
      return await new OpenAIEmbeddings(options).embedDocuments([...chunks]);
    }),
  ];
  return [
    `openai, local server: ${whole(CHUNKS)} chunks of ${TOKENS} tokens, ${DIMENSION} dimensions, one request fails once`,
    ...lines,
    '',
  ].join('\n');
}

async function measured(
  name: string,
  embed: (server: OpenAiServer, chunks: readonly string[]) => Promise<readonly ArrayLike<number>[]>,
): Promise<string> {
  const server = await startOpenAiServer({ dimension: DIMENSION });
  try {
    const chunks = piecesOf(
      CHUNKS,
      () => TOKENS,
      (text) => text.length / 4,
    );
    const error = { message: 'overloaded', type: 'server_error' };
    server.scriptEmbeddings({}, {}, { status: 503, error });
    const begun = performance.now();
    const vectors = await embed(server, chunks);
    const ms = performance.now() - begun;
    const sent = server.requests.flatMap(({ body }) =>
      Array.isArray(body.input) ? body.input : [],
    );
    const { receivedBytes, sentBytes } = server.traffic();
    const mb = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
    if (vectors.some(({ length }) => length !== DIMENSION))
      throw new Error(`${name} lost a vector`);
    return (
      `  ${name.padEnd(28)} ${server.requests.length} requests, ${whole(sent.length - chunks.length)} ` +
      `texts sent twice, ${mb(receivedBytes)} up, ${mb(sentBytes)} down, ${whole(ms)} ms`
    );
  } finally {
    await server.close();
  }
}
