import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AuthorizeAnswer, AuthorizeRequest } from '../../../src/adapters/authorizers/shared/backend-types.ts';

/** A request as the backend received it. */
export interface ReceivedRequest {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly request: AuthorizeRequest;
  /** The port of the client, which tells connections apart. */
  readonly port: number | undefined;
}

/** Answers one request. */
export type Reply = (request: AuthorizeRequest, response: ServerResponse) => void;

/** An HTTP backend on loopback, as an operator would write one. */
export interface AuthBackend {
  readonly url: string;
  readonly received: readonly ReceivedRequest[];
  /** Replaces the reply to later requests. */
  replyWith(reply: Reply): void;
  stop(): Promise<void>;
}

/** Writes an answer as JSON. */
export function send(response: ServerResponse, answer: AuthorizeAnswer): void {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(answer));
}

/** @param port 0 for any. */
export async function startAuthBackend(reply: Reply, port = 0): Promise<AuthBackend> {
  let current = reply;
  const received: ReceivedRequest[] = [];
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      const request = JSON.parse(body) as AuthorizeRequest;
      received.push({ headers: incoming.headers, body, request, port: incoming.socket.remotePort });
      current(request, response);
    });
  }).listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/authorize`,
    received,
    replyWith: (next) => void (current = next),
    stop: async () => {
      if (!server.listening) return;
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
