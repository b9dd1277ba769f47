import { io } from 'socket.io-client';
import { afterEach, describe, expect, it } from 'vitest';
import { sendRequest } from '../../support/e2e/http.ts';
import { Server } from '../../support/e2e/server.ts';
import { LOOPBACK, type ServerKind } from '../../support/e2e/server-kinds.ts';
import { until, within } from '../../support/e2e/until.ts';
import { snippet } from './snippet.ts';

const TIMEOUT_MS = 60_000;

/** A fenced block of a page as a program, on a free loopback port. */
function program(name: string, page: string): ServerKind {
  const command = (port: number): string[] => {
    const here = snippet(page, name)
      .replace('listen(9000)', `listen(${port}, '${LOOPBACK}')`)
      .replace('port: 9000', `port: ${port}, host: '${LOOPBACK}'`);
    return [process.execPath, '--input-type=module', '--eval', here];
  };
  return { name: `the snippet ${name}`, command };
}

/** The web server of the example, which serves a fixed set of files. */
const SERVE: ServerKind = { name: 'serve.mjs', command: (port) => [process.execPath, 'examples/serve.mjs', String(port)] };

describe('the examples of the pages run unchanged', () => {
  let server: Server | undefined;
  afterEach(() => server?.stop());

  async function started(name: string, path: string, page = 'docs/library.md'): Promise<Server> {
    server = await Server.start({ kind: program(name, page), options: { path } });
    return server;
  }

  async function relays(at: Server): Promise<void> {
    const ann = await at.connectPeer('ann');
    const bob = await at.connectPeer('bob');
    ann.sendOffer(bob.id, 'hello');
    expect(await bob.receive()).toEqual({ type: 'OFFER', src: ann.id, dst: bob.id, payload: 'hello' });
    await ann.close();
    await bob.close();
  }

  it('the library emits connection, message and disconnect', async () => {
    const at = await started('library', '/');
    await relays(at);
    await until(TIMEOUT_MS, 'the events to be printed', () => /disconnected: lost[^]*disconnected: lost/.exec(at.output)?.[0]);
    expect(at.output).toMatch(/ann-\S+ connected to peerjs[^]*ann-\S+ sent OFFER to bob-/);
  });

  it('the library stops after SIGTERM', async () => {
    const at = await started('library', '/');
    const ann = await at.connectPeer('ann');
    at.signal('SIGTERM');
    expect(await ann.closed()).toMatchObject({ code: 1012 });
    expect(await at.exited).toEqual({ code: 0, signal: null });
  });

  it('the drop-in serves below its path and lists its peers', async () => {
    const at = await started('drop-in', '/myapp');
    const ann = await at.connectPeer('ann');
    expect(JSON.parse((await at.request('peerjs/peers')).body)).toEqual([ann.id]);
    await until(TIMEOUT_MS, 'the event to be printed', () => (at.output.includes(ann.id) ? true : undefined));
    ann.cut();
  });

  it('the operator lists, removes and bans', async () => {
    const at = await started('operator', '/');
    await until(TIMEOUT_MS, 'the program to end its acts', () =>
      at.output.includes('lifted address:203.0.113.0/24') ? true : undefined,
    );
    expect(at.output).toContain('0 peers, the end');
  });

  it('an Express app keeps its own routes', async () => {
    const at = await started('express', '/peerjs/myapp');
    await relays(at);
    expect(await at.requestAt('/')).toMatchObject({ status: 200, body: 'Hello' });
  });

  it('a node:http server keeps its own routes', async () => {
    const at = await started('node-http', '/signal');
    await relays(at);
    expect(await at.requestAt('/')).toMatchObject({ status: 200, body: 'Hello' });
  });

  it.each(['websocket', 'polling'])('Socket.IO works on the same server, by %s', async (transport) => {
    const at = await started('socket-io', '/signal');
    const guest = io(`http://${LOOPBACK}:${at.port}`, { transports: [transport], reconnection: false });
    const connected = new Promise<void>((resolve, reject) => guest.on('connect', resolve).on('connect_error', reject));
    await within(TIMEOUT_MS, 'Socket.IO to connect', connected);
    await relays(at);
    expect(guest.connected).toBe(true);
    guest.close();
  });

  it('an adapter from outside holds the messages of an absent peer', async () => {
    const at = await started('adapters', '/', 'docs/adding-an-adapter.md');
    const ann = await at.connectPeer('ann');
    ann.send({ type: 'OFFER', dst: 'bob', payload: 'held' });
    ann.send({ type: 'HEARTBEAT' });
    const bob = await at.connectPeer('bob', { id: 'bob' });
    expect(await bob.receive()).toEqual({ type: 'OFFER', src: ann.id, dst: 'bob', payload: 'held' });
    await ann.close();
    await bob.close();
  });

  it('the page with two tabs is served, with the PeerJS client', async () => {
    server = await Server.start({ kind: SERVE, host: 'localhost' });
    expect((await sendRequest(server, '/')).body).toContain('<script src="/peerjs.min.js">');
    expect(await sendRequest(server, '/peerjs.min.js')).toMatchObject({
      status: 200,
      headers: { 'content-type': /^text\/javascript/ },
    });
    expect(await sendRequest(server, '/serve.mjs')).toMatchObject({ status: 404 });
  });
});
