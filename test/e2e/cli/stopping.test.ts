import { describe, expect, it, onTestFinished } from 'vitest';
import { Server } from '../../support/e2e/server.ts';
import { SIGNALBOX_NODE, SIGNALBOX_UWS, type ServerOptions } from '../../support/e2e/server-kinds.ts';
import { until, within } from '../../support/e2e/until.ts';

const TIMEOUT_MS = 45_000;
/** Longer than a test waits for the exit. */
const LONG_DRAIN = { drain_timeout: 600_000 };
// A close frame with 1012.
const CLOSE_FRAME = new RegExp(String.fromCharCode(0x88, 0x2e, 0x03, 0xf4), 's');

describe.each([SIGNALBOX_UWS, SIGNALBOX_NODE])('graceful shutdown of $name', (kind) => {
  const startServer = async (options: ServerOptions = {}): Promise<Server> => {
    const server = await Server.start({ kind, options });
    onTestFinished(async () => {
      server.closeAll();
      await server.stop();
    });
    return server;
  };

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    it(`${signal} closes all connections with 1012 and exits with code 0`, async () => {
      const server = await startServer(LONG_DRAIN);
      const peers = [await server.connectPeer('ann'), await server.connectPeer('bob')];
      server.signal(signal);
      for (const peer of peers) expect((await peer.closed()).code).toBe(1012);
      expect(await within(TIMEOUT_MS, 'the exit', server.exited)).toEqual({ code: 0, signal: null });
    });

    it(`${signal} without connections exits at once`, async () => {
      const server = await startServer(LONG_DRAIN);
      server.signal(signal);
      expect(await within(TIMEOUT_MS, 'the exit', server.exited)).toEqual({ code: 0, signal: null });
    });
  }

  it('does not wait for idle HTTP connections', async () => {
    const server = await startServer(LONG_DRAIN);
    const connection = server.rawConnection().send('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
    await connection.receive(/website/);
    server.signal('SIGTERM');
    expect(await within(TIMEOUT_MS, 'the exit', server.exited)).toEqual({ code: 0, signal: null });
  });

  it('terminates a connection without a response to its close frame after drain_timeout', async () => {
    const server = await startServer({ drain_timeout: 500 });
    const connection = server.rawConnection().send(handshake(server));
    await connection.receive(/OPEN/);
    server.signal('SIGTERM');
    expect(await within(TIMEOUT_MS, 'the exit', server.exited)).toEqual({ code: 0, signal: null });
  });

  it('exits at once after a second signal', async () => {
    const server = await startServer(LONG_DRAIN);
    const connection = server.rawConnection().send(handshake(server));
    await connection.receive(/OPEN/);
    server.signal('SIGTERM');
    await connection.receive(CLOSE_FRAME);
    expect(server.isRunning).toBe(true);
    server.signal('SIGTERM');
    await within(TIMEOUT_MS, 'the exit', server.exited);
  });

  it('rejects new connections during the drain', async () => {
    const server = await startServer(LONG_DRAIN);
    const connection = server.rawConnection().send(handshake(server));
    await connection.receive(/OPEN/);
    server.signal('SIGTERM');
    await connection.receive(CLOSE_FRAME);
    await until(TIMEOUT_MS, 'handshakes to be rejected', async () => {
      const status = await server.handshakeStatus({}).catch(() => 'refused');
      return status === 101 ? undefined : status;
    });
  });
});

/** The handshake of a WebSocket client that sends nothing else. */
function handshake(server: Server): string {
  return [
    `GET ${server.socketTarget()} HTTP/1.1`,
    ...['host: a', 'upgrade: websocket', 'connection: upgrade', 'sec-websocket-version: 13'],
    ...['sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==', '', ''],
  ].join('\r\n');
}
