import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Transcript } from '../../../../conformance/client/transcript.ts';
import { ClientSocket } from '../../../../conformance/random/client-socket.ts';
import { startFaultyServer } from './start-faulty-server.ts';

const ANN = { name: 'ann', realm: 'here', id: 'ä n/n', token: 't&t' };

async function open(who: Partial<typeof ANN> = {}) {
  const { context, server } = await startFaultyServer();
  const transcript = new Transcript();
  return { connection: await ClientSocket.open(context.server, { ...ANN, ...who }, transcript), server, transcript };
}

/** The reported events of a socket, in order. */
function listen(connection: ClientSocket) {
  const events: unknown[] = [];
  let wake = (): void => undefined;
  const record = (what: unknown): void => {
    events.push(what);
    wake();
  };
  connection.reportTo({
    received: (text, isBinary) => record(isBinary ? `binary ${text}` : text),
    closed: (code) => record(code),
    changed: () => record('stirred'),
  });
  const waitForEvents = async (count: number): Promise<unknown[]> => {
    while (events.length < count) await new Promise<void>((resolve) => (wake = resolve));
    return events;
  };
  return { waitForEvents };
}

describe('a client socket', () => {
  it('buffers events until a listener is attached', async () => {
    const { connection } = await open();
    await connection.waitForDecision(5_000);
    expect(connection.firstFrame).toBe('{"type":"OPEN"}');
    expect(await listen(connection).waitForEvents(1)).toEqual(['{"type":"OPEN"}']);
  });

  it('reports frames, pongs and the close in order', async () => {
    const { connection, transcript } = await open();
    const { waitForEvents } = listen(connection);
    connection.send(`{"type":"OFFER","dst":"${ANN.id}"}`);
    await waitForEvents(2);
    connection.ping(7);
    await waitForEvents(3);
    connection.send('{"type":"LEAVE"}');
    const offer = JSON.stringify({ type: 'OFFER', src: ANN.id, dst: ANN.id });
    expect(await waitForEvents(4)).toEqual(['{"type":"OPEN"}', offer, 'stirred', 1000]);
    expect([connection.lastPong, connection.isClosed, connection.isOpen]).toEqual([7, true, false]);
    expect(transcript.lines.map(({ how }) => how)).toEqual(['noted', 'heard', 'sent', 'heard', 'sent', 'noted']);
  });

  it('ignores calls after the close', async () => {
    const { connection } = await open();
    const { waitForEvents } = listen(connection);
    connection.close();
    await waitForEvents(2);
    connection.send('late');
    connection.ping(1);
    connection.cut();
    expect(await waitForEvents(2)).toEqual(['{"type":"OPEN"}', 1005]);
  });

  it('is decided after the close or the time limit', async () => {
    const { connection } = await open({ realm: 'here', id: '' });
    await connection.waitForDecision(5_000);
    await connection.waitForDecision(0);
    expect(connection.isOpen).toBe(true);
    connection.cut();
    await connection.waitForDecision(5_000);
  });

  it('fails with the reason if it cannot connect', async () => {
    const { context, server } = await startFaultyServer();
    server.stop();
    await expect(ClientSocket.open(context.server, ANN, new Transcript())).rejects.toThrow('ECONNREFUSED');
    const refusing = createServer().on('upgrade', (_, socket) => void socket.end('HTTP/1.1 429 Too Many\r\n\r\nlater'));
    refusing.listen(0, '127.0.0.1');
    await once(refusing, 'listening');
    onTestFinished(() => void refusing.close());
    const place = { ...context.server, port: (refusing.address() as AddressInfo).port };
    await expect(ClientSocket.open(place, ANN, new Transcript())).rejects.toThrow(
      'the server refused the handshake with 429 later',
    );
  });
});
