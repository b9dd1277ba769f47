import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { ROOT } from '../../architecture/tree.ts';
import { LOOPBACK } from './server-kinds.ts';

/** The files of a page, by path. */
export type PageFiles = Readonly<Record<string, { readonly text: string; readonly type: string }>>;

/** The page with the PeerJS client. */
const PEERJS_PAGE: PageFiles = {
  '/': { text: textOf('test/support/e2e/page/page.html'), type: 'text/html' },
  '/stage.js': { text: textOf('test/support/e2e/page/stage.js'), type: 'text/javascript' },
  '/peerjs.min.js': { text: textOf('node_modules/peerjs/dist/peerjs.min.js'), type: 'text/javascript' },
};

/** Serves a page, by default the one with the PeerJS client, from another origin than the broker's. */
export class PageServer {
  readonly url: string;
  /** The first JSON that a page posts to `/report`. */
  readonly reported: Promise<unknown>;
  readonly #server: Server;

  private constructor(server: Server, reported: Promise<unknown>) {
    this.#server = server;
    this.reported = reported;
    this.url = `http://${LOOPBACK}:${(server.address() as AddressInfo).port}/`;
  }

  static async start(files = PEERJS_PAGE): Promise<PageServer> {
    let report: (result: unknown) => void = () => undefined;
    const reported = new Promise<unknown>((resolve) => (report = resolve));
    const server = createServer((request, response) => {
      if (request.url === '/report') {
        void json(request).then(report);
        return response.writeHead(204).end();
      }
      const file = files[(request.url ?? '').split('?')[0] ?? ''];
      if (file === undefined) return response.writeHead(404).end();
      return response.writeHead(200, { 'content-type': file.type }).end(file.text);
    });
    server.listen(0, LOOPBACK);
    await once(server, 'listening');
    return new PageServer(server, reported);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

export function textOf(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}
