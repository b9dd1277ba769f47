import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { ROOT } from '../../architecture/tree.ts';
import { LOOPBACK } from './server-kinds.ts';

const FILES: Readonly<Record<string, { path: string; type: string }>> = {
  '/': { path: 'test/support/e2e/page/page.html', type: 'text/html' },
  '/stage.js': { path: 'test/support/e2e/page/stage.js', type: 'text/javascript' },
  '/peerjs.min.js': { path: 'node_modules/peerjs/dist/peerjs.min.js', type: 'text/javascript' },
};

/** Serves the page with the real library, from an origin that is not the broker's. */
export class PageServer {
  readonly url: string;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    this.url = `http://${LOOPBACK}:${(server.address() as AddressInfo).port}/`;
  }

  static async start(): Promise<PageServer> {
    const server = createServer((request, response) => {
      const file = FILES[request.url ?? ''];
      if (file === undefined) return response.writeHead(404).end();
      return response.writeHead(200, { 'content-type': file.type }).end(readFileSync(join(ROOT, file.path)));
    });
    server.listen(0, LOOPBACK);
    await once(server, 'listening');
    return new PageServer(server);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
