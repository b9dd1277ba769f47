import { describe, expect, it, onTestFinished } from 'vitest';
import { Server } from '../../support/e2e/server.ts';
import { SIGNALBOX_NODE, SIGNALBOX_UWS, type ServerOptions } from '../../support/e2e/server-kinds.ts';
import { until, within } from '../../support/e2e/until.ts';

const PATIENCE_MS = 5_000;
// A close frame with 1012.
const GOODBYE = new RegExp(String.fromCharCode(0x88, 0x2e, 0x03, 0xf4), 's');

describe.each([SIGNALBOX_UWS, SIGNALBOX_NODE])('how $name stops', (kind) => {
  const starts = async (options: ServerOptions = {}): Promise<Server> => {
    const server = await Server.start({ kind, options });
    onTestFinished(async () => {
      server.closeAll();
      await server.stop();
    });
    return server;
  };

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    it(`${signal} closes the sockets of all peers with 1012, and it ends well`, async () => {
      const server = await starts();
      const peers = [await server.connectPeer('ann'), await server.connectPeer('bob')];
      server.signal(signal);
      for (const peer of peers) expect((await peer.closed()).code).toBe(1012);
      expect(await within(PATIENCE_MS, 'the end', server.exited)).toEqual({ code: 0, signal: null });
    });

    it(`${signal} with nobody there ends it at once`, async () => {
      const server = await starts();
      server.signal(signal);
      expect(await within(PATIENCE_MS, 'the end', server.exited)).toEqual({ code: 0, signal: null });
    });
  }

  it('an HTTP connection that is kept alive does not hold it up', async () => {
    const server = await starts();
    const wire = server.rawConnection().send('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
    await wire.receive(/website/);
    server.signal('SIGTERM');
    expect(await within(PATIENCE_MS, 'the end', server.exited)).toEqual({ code: 0, signal: null });
  });

  it('a peer that does not answer its goodbye is cut at the deadline', async () => {
    const server = await starts({ drain_timeout: 500 });
    const wire = server.rawConnection().send(handshake(server));
    await wire.receive(/OPEN/);
    server.signal('SIGTERM');
    expect(await within(PATIENCE_MS, 'the end', server.exited)).toEqual({ code: 0, signal: null });
  });

  it('a second signal ends it at once', async () => {
    const server = await starts({ drain_timeout: 60_000 });
    const wire = server.rawConnection().send(handshake(server));
    await wire.receive(/OPEN/);
    server.signal('SIGTERM');
    await wire.receive(GOODBYE);
    expect(server.isRunning).toBe(true);
    server.signal('SIGTERM');
    await within(1_000, 'the end', server.exited);
  });

  it('while it drains, nobody gets in', async () => {
    const server = await starts({ drain_timeout: 3_000 });
    const wire = server.rawConnection().send(handshake(server));
    await wire.receive(/OPEN/);
    server.signal('SIGTERM');
    await wire.receive(GOODBYE);
    await until(PATIENCE_MS, 'the door to be closed', async () => {
      const status = await server.handshakeStatus({}).catch(() => 'refused');
      return status === 101 ? undefined : status;
    });
  });
});

/** A WebSocket that never answers: it is only a text. */
function handshake(server: Server): string {
  return [
    `GET ${server.socketTarget()} HTTP/1.1`,
    ...['host: a', 'upgrade: websocket', 'connection: upgrade', 'sec-websocket-version: 13'],
    ...['sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==', '', ''],
  ].join('\r\n');
}
