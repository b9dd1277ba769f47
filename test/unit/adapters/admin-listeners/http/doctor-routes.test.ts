import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { elapsed } from '../../../../../src/contracts/until.ts';
import { AdminFixture, TOKEN } from '../../../../support/admin-fixture.ts';

const MIB = 1024 * 1024;

let admin: AdminFixture;
const sockets: WebSocket[] = [];
beforeEach(async () => void (admin = await new AdminFixture({ token: TOKEN, doctor: { maxFrameBytes: 1_000 } }).start()));
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.terminate();
  await admin.listener.stop();
});

function open(path = '/doctor/socket', host = 'localhost'): Promise<WebSocket | number> {
  const socket = new WebSocket(`${admin.url.replace('http', 'ws')}${path}`, { headers: { host } });
  sockets.push(socket);
  return new Promise((resolve) => {
    socket.once('open', () => resolve(socket));
    socket.once('unexpected-response', (_request, { statusCode = 0 }) => resolve(statusCode));
    socket.on('error', () => undefined);
  });
}

const closeCode = (socket: WebSocket): Promise<number> => new Promise((resolve) => socket.once('close', resolve));

describe('the doctor on the admin listener', () => {
  it('DOC6, DOC1: describes a request without a token', async () => {
    const { status, headers, body } = await admin.ask('GET', '/doctor/hello', { headers: { 'x-forwarded-for': '192.0.2.1' } });
    expect([status, headers['x-signalbox']]).toEqual([200, '1']);
    const request = { address: '127.0.0.1', remoteAddress: '127.0.0.1', forwardedFor: '192.0.2.1', host: 'localhost' };
    expect(JSON.parse(body)).toMatchObject({ name: 'Signalbox', time: expect.any(Number), request });
  });

  it('DOC6, DOC3: streams five lines', async () => {
    const { headers, body } = await admin.ask('GET', '/doctor/stream');
    expect([headers['content-type'], body]).toEqual(['text/event-stream', [1, 2, 3, 4, 5].map((n) => `data: ${n}\n\n`).join('')]);
  });

  it('DOC6, DOC2: sends texts back, and closes for a binary frame, a large one, and too many', async () => {
    const [first, second, third] = (await Promise.all([open(), open(), open()])) as [WebSocket, WebSocket, WebSocket];
    const echoed: string[] = [];
    first.on('message', (data) => echoed.push(String(data)));
    const codes = [first, second, third].map(closeCode);
    for (let n = 0; n < 101; n++) first.send(`ü ${n}`);
    second.send(Buffer.from('binary'));
    third.send('x'.repeat(1_001));
    expect(await Promise.all(codes)).toEqual([1008, 1007, 1009]);
    expect([echoed.length, echoed[99]]).toEqual([100, 'ü 99']);
  });

  it('DOC6, DOC2: disconnects a client that leaves more than one frame unread', async () => {
    await admin.listener.stop();
    admin = await new AdminFixture({ doctor: { maxFrameBytes: MIB } }).start();
    const socket = (await open()) as WebSocket;
    let received = 0;
    socket.on('message', () => (received += 1)).pause();
    const code = closeCode(socket);
    const text = 'x'.repeat(MIB);
    for (let n = 0; n < 60; n++) socket.send(text);
    await Promise.race([code, elapsed(1_000)]);
    socket.resume();
    expect(await code).toBe(1006);
    expect(received).toBeLessThan(60);
  });

  it('DOC6, ADM9: refuses another path, a Host that is not listed, and a ninth socket', async () => {
    expect([await open('/api/events'), await open(undefined, 'evil.example')]).toEqual([404, 421]);
    const all = await Promise.all(Array.from({ length: 8 }, () => open()));
    expect(all.every((one) => typeof one !== 'number')).toBe(true);
    expect([await open(), await admin.outcome('GET', '/doctor/stream')]).toEqual([503, [503, 'too-many-streams']]);
  });

  it('promise 6: a client that resets the connection during its upgrade ends nothing', async () => {
    const raw = connect(Number(new URL(admin.url).port), '127.0.0.1');
    raw.write('GET /nowhere HTTP/1.1\r\nhost: localhost\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n', () =>
      raw.resetAndDestroy(),
    );
    raw.on('error', () => undefined);
    await new Promise((resolve) => raw.once('close', resolve));
    expect((await admin.ask('GET', '/doctor/hello')).status).toBe(200);
  });

  it('DOC4: does not exist without the setting', async () => {
    const other = await new AdminFixture().start();
    expect(await other.outcome('GET', '/doctor/hello')).toEqual([404, 'not-found']);
    await other.listener.stop();
  });
});
