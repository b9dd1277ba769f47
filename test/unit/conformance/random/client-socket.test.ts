import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Transcript } from '../../../../conformance/client/transcript.ts';
import { ClientSocket } from '../../../../conformance/random/client-socket.ts';
import { startFaultyServer } from './start-faulty-server.ts';

const ANN = { name: 'ann', realm: 'here', id: 'ä n/n', token: 't&t' };

async function open(who: Partial<typeof ANN> = {}) {
  const { stage, server } = await startFaultyServer();
  const transcript = new Transcript();
  return { line: await ClientSocket.open(stage.server, { ...ANN, ...who }, transcript), server, transcript };
}

/** All that is told of a line, as it comes. */
function listen(line: ClientSocket) {
  const told: unknown[] = [];
  let wake = (): void => undefined;
  const tell = (what: unknown): void => {
    told.push(what);
    wake();
  };
  line.reportTo({
    received: (text, isBinary) => tell(isBinary ? `binary ${text}` : text),
    closed: (code) => tell(code),
    changed: () => tell('stirred'),
  });
  const hears = async (count: number): Promise<unknown[]> => {
    while (told.length < count) await new Promise<void>((resolve) => (wake = resolve));
    return told;
  };
  return { hears };
}

describe('a line over a socket', () => {
  it('remembers what it hears until somebody listens', async () => {
    const { line } = await open();
    await line.waitForDecision(5_000);
    expect(line.firstFrame).toBe('{"type":"OPEN"}');
    expect(await listen(line).hears(1)).toEqual(['{"type":"OPEN"}']);
  });

  it('tells frames, pongs and the close, in their order', async () => {
    const { line, transcript } = await open();
    const { hears } = listen(line);
    line.send(`{"type":"OFFER","dst":"${ANN.id}"}`);
    await hears(2);
    line.ping(7);
    await hears(3);
    line.send('{"type":"LEAVE"}');
    const offer = JSON.stringify({ type: 'OFFER', src: ANN.id, dst: ANN.id });
    expect(await hears(4)).toEqual(['{"type":"OPEN"}', offer, 'stirred', 1000]);
    expect([line.lastPong, line.isClosed, line.isOpen]).toEqual([7, true, false]);
    expect(transcript.lines.map(({ how }) => how)).toEqual(['noted', 'heard', 'sent', 'heard', 'sent', 'noted']);
  });

  it('does nothing any more when it is closed', async () => {
    const { line } = await open();
    const { hears } = listen(line);
    line.close();
    await hears(2);
    line.send('late');
    line.ping(1);
    line.cut();
    expect(await hears(2)).toEqual(['{"type":"OPEN"}', 1005]);
  });

  it('is decided when it is closed, or its time is over', async () => {
    const { line } = await open({ realm: 'here', id: '' });
    await line.waitForDecision(5_000);
    await line.waitForDecision(0);
    expect(line.isOpen).toBe(true);
    line.cut();
    await line.waitForDecision(5_000);
  });

  it('says why there is none', async () => {
    const { stage, server } = await startFaultyServer();
    server.stop();
    await expect(ClientSocket.open(stage.server, ANN, new Transcript())).rejects.toThrow('ECONNREFUSED');
    const refusing = createServer().on('upgrade', (_, socket) => void socket.end('HTTP/1.1 429 Too Many\r\n\r\nlater'));
    refusing.listen(0, '127.0.0.1');
    await once(refusing, 'listening');
    onTestFinished(() => void refusing.close());
    const place = { ...stage.server, port: (refusing.address() as AddressInfo).port };
    await expect(ClientSocket.open(place, ANN, new Transcript())).rejects.toThrow('the handshake was refused with 429 later');
  });
});
