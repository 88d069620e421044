import type { IncomingMessage, ServerResponse } from 'node:http';
import type { JsonObject } from './qdrant-filter.ts';

/** What a request gets instead of its answer. */
export type Fault =
  | {
      readonly status: number;
      /** Text as it is; an object as JSON. */
      readonly body?: string | JsonObject;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** The connection is torn, before or after the request has had its effect. */
  | 'tear'
  | 'tear after'
  /** Nothing, for as long as the client stays. */
  | 'silence';

export async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

export const sendText = (response: ServerResponse, status: number, text: string) =>
  response.writeHead(status, { 'content-type': 'text/plain' }).end(text);

export const sendJson = (response: ServerResponse, status: number, body: unknown, headers = {}) =>
  response
    .writeHead(status, { 'content-type': 'application/json', ...headers })
    .end(JSON.stringify(body));

/** Does to a request what a fault says. */
export function play(fault: Exclude<Fault, 'tear after'>, response: ServerResponse) {
  if (fault === 'silence') return;
  if (fault === 'tear') return response.destroy();
  const { status, body = { status: { error: 'Service internal error: fault' } }, headers } = fault;
  if (typeof body === 'string') return response.writeHead(status, headers).end(body);
  return sendJson(response, status, body, headers);
}
