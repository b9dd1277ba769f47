import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Exchange, HttpRequest, HttpResponse } from '../../../application/ports/http.ts';
import { addressText } from '../shared/addresses.ts';
import { hasNoBody, MAX_BODY_BYTES, splitTarget } from '../shared/requests.ts';

/** Express keeps the whole target there and cuts its mount path off `url`. */
type MaybeMounted = IncomingMessage & { readonly originalUrl?: string };

/** Reads a request of `node:http`. */
export class NodeRequest implements HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly remoteAddress: string;
  readonly #request: IncomingMessage;

  /** @param path what to tell as the path, where it is not all of it. */
  constructor(request: MaybeMounted, path?: string) {
    const target = splitTarget(request.originalUrl ?? request.url ?? '/');
    this.#request = request;
    this.method = (request.method ?? 'GET').toUpperCase();
    this.path = path ?? target.path;
    this.query = target.query;
    this.remoteAddress = addressText(request.socket.remoteAddress);
  }

  header(name: string): string | undefined {
    if (!Object.hasOwn(this.#request.headers, name)) return undefined;
    const value = this.#request.headers[name];
    return Array.isArray(value) ? value.join(', ') : value;
  }
}

/** One request of `node:http` that waits for its answer. */
export class NodeExchange implements Exchange {
  readonly request: HttpRequest;
  readonly #response: ServerResponse;
  readonly #goesOn: () => boolean;

  /** @param goesOn whether the connection may carry another request. */
  constructor(request: HttpRequest, response: ServerResponse, goesOn: () => boolean) {
    this.request = request;
    this.#response = response;
    this.#goesOn = goesOn;
  }

  answer(answer: HttpResponse): void {
    const response = this.#response;
    if (response.destroyed || response.writableEnded) return;
    if (!this.#goesOn()) response.shouldKeepAlive = false;
    send(response, answer);
  }
}

/** Reads past the body, so that the connection is fit for the next request; cuts it when that is too much. */
export function readPastBody(request: IncomingMessage): void {
  let bodyBytes = 0;
  request.on('data', (chunk: Buffer) => {
    bodyBytes += chunk.length;
    if (bodyBytes > MAX_BODY_BYTES) request.destroy();
  });
}

/** Writes the whole answer. What was set on `response` before stays, but for headers of the same names. */
export function send(response: ServerResponse, { status, headers, body }: HttpResponse): void {
  response.statusCode = status;
  for (const [name, values] of grouped(headers)) response.setHeader(name, values);
  if (hasNoBody(status)) return void response.end();
  response.setHeader('content-length', Buffer.byteLength(body));
  response.end(body);
}

function grouped(headers: HttpResponse['headers']): Map<string, string | string[]> {
  const groups = new Map<string, string | string[]>();
  for (const [name, value] of headers) {
    const earlier = groups.get(name);
    groups.set(name, earlier === undefined ? value : [earlier, value].flat());
  }
  return groups;
}
