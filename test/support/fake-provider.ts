import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request that the fake provider received. */
export interface ReceivedRequest {
  readonly line: string;
  readonly authorization: string | undefined;
  readonly body: string;
}

type Respond = (request: IncomingMessage, response: ServerResponse) => void;

/** An HTTP service on loopback in place of a provider of TURN servers. */
export class FakeProvider {
  readonly #server: Server;
  readonly requests: ReceivedRequest[] = [];
  respond: Respond;

  private constructor(respond: Respond) {
    this.respond = respond;
    this.#server = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      request.on('end', () => {
        const { method = '', url = '', headers } = request;
        this.requests.push({ line: `${method} ${url}`, authorization: headers.authorization, body });
        this.respond(request, response);
      });
    });
  }

  static async start(respond: Respond): Promise<FakeProvider> {
    const provider = new FakeProvider(respond);
    await new Promise<void>((resolve) => provider.#server.listen(0, '127.0.0.1', resolve));
    return provider;
  }

  get base(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** Responds with JSON. */
export function json(status: number, body: unknown): Respond {
  return (_, response) => void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
