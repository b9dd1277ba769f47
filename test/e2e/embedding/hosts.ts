import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import express4 from 'express4';
import { ExpressPeerServer, type DropInOptions, type PeerServerHandler } from '../../../src/composition/library.ts';
import type { Endpoint } from '../../../src/contracts/transports/network-client.ts';

/** A program that serves PeerJS and pages of its own. */
export interface Host {
  readonly endpoint: Endpoint;
  readonly server: Server;
  readonly peers: PeerServerHandler;
  stop(): Promise<void>;
}

/** The kinds of embedding: PeerJS at `/app`, a page of the program at `/hello`. */
export const EMBEDDINGS: Record<string, (options: DropInOptions) => Promise<Host>> = {
  'Express 4': (options) => withExpress(express4, options),
  'Express 5': (options) => withExpress(express, options),
  'a bare node:http server': async (options) => {
    const server = createServer();
    const peers = ExpressPeerServer(server, { ...options, path: '/app' });
    server.on('request', (request, response) => peers(request, response, () => response.end('hello')));
    return listening(server, peers);
  },
};

function withExpress(make: typeof express, options: DropInOptions): Promise<Host> {
  const app = make();
  const server = createServer(app);
  const peers = ExpressPeerServer(server, options);
  app.use('/app', peers);
  app.get('/hello', (_, response) => void response.send('hello'));
  return listening(server, peers);
}

export async function listening(server: Server, peers: PeerServerHandler): Promise<Host> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const stop = async (): Promise<void> => {
    await peers.stop();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { endpoint: { host: '127.0.0.1', port, secure: false }, server, peers, stop };
}
