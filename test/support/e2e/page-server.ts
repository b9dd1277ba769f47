import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { ROOT } from '../../architecture/tree.ts';
import { LOOPBACK } from './server-kinds.ts';

/** What a page is made of, by its path. */
export type PageFiles = Readonly<Record<string, { readonly text: string; readonly type: string }>>;

/** The page of the stock library. */
const PEERJS_PAGE: PageFiles = {
  '/': { text: textOf('test/support/e2e/page/page.html'), type: 'text/html' },
  '/stage.js': { text: textOf('test/support/e2e/page/stage.js'), type: 'text/javascript' },
  '/peerjs.min.js': { text: textOf('node_modules/peerjs/dist/peerjs.min.js'), type: 'text/javascript' },
};

/** Serves a page, by default the one with the stock library, from an origin that is not the broker's. */
export class PageServer {
  readonly url: string;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    this.url = `http://${LOOPBACK}:${(server.address() as AddressInfo).port}/`;
  }

  static async start(files = PEERJS_PAGE): Promise<PageServer> {
    const server = createServer((request, response) => {
      const file = files[request.url ?? ''];
      if (file === undefined) return response.writeHead(404).end();
      return response.writeHead(200, { 'content-type': file.type }).end(file.text);
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

function textOf(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}
