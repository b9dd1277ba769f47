import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { AdminFixture } from '../../../../support/admin-fixture.ts';
import { until } from '../../../../../src/contracts/until.ts';

const HALF_HEAD = 'GET /healthz HTTP/1.1\r\nhost: local';
const HALF_BODY = 'POST /login HTTP/1.1\r\nhost: localhost\r\ncontent-length: 99\r\n\r\ntoken=';

let fixture: AdminFixture;
const held: Socket[] = [];
afterEach(async () => {
  for (const socket of held.splice(0)) socket.destroy();
  await fixture.listener.stop();
});

async function started(): Promise<AdminFixture> {
  return (fixture = await new AdminFixture({ doctor: { maxFrameBytes: 1_000 } }).start());
}

/** Opens connections that send `text` and read nothing. @returns those that the listener has closed. */
async function hold(admin: AdminFixture, count: number, text: string): Promise<() => number> {
  let closed = 0;
  for (let n = 0; n < count; n++) {
    const socket = connect(Number(new URL(admin.url).port), '127.0.0.1').pause();
    socket.on('error', () => undefined).once('close', () => (closed += 1));
    held.push(socket);
    await new Promise<void>((resolve) => socket.once('connect', () => socket.write(text, () => resolve())));
  }
  return () => closed;
}

describe('the connections of the admin listener', () => {
  it.each([
    ['half a head', HALF_HEAD],
    ['half a body', HALF_BODY],
    ['nothing', ''],
  ])('ADM13: 200 clients that send %s do not keep an operator out', async (_what, text) => {
    const admin = await started();
    await hold(admin, 200, text);
    for (let n = 0; n < 3; n++) expect((await admin.ask('GET', '/healthz')).status).toBe(200);
    expect((await admin.ask('GET', '/api/nodes')).status).toBe(200);
  });

  it('ADM13: a full listener closes the oldest connection, and no stream', async () => {
    const admin = await started();
    const streams: Promise<unknown>[] = [];
    await new Promise<void>((resolve) => streams.push(admin.ask('GET', '/api/events', {}, () => resolve())));
    const socket = new WebSocket(`${admin.url.replace('http', 'ws')}/doctor/socket`);
    await new Promise((resolve) => socket.once('open', resolve));
    const closed = await hold(admin, 300, HALF_HEAD);
    expect((await admin.ask('GET', '/healthz')).status).toBe(200);
    for (const one of held) one.resume();
    await until(20_000, 'the oldest connections to be closed', () => closed() === 300 - 126 + 1 || undefined);
    const echoed = new Promise((resolve) => socket.once('message', (data) => resolve(String(data))));
    socket.send('still here');
    expect(await echoed).toBe('still here');
    let hasEnded = false;
    void Promise.all(streams).then(() => (hasEnded = true));
    expect((await admin.ask('GET', '/healthz')).status).toBe(200);
    expect(hasEnded).toBe(false);
    await admin.listener.stop();
    await Promise.all(streams);
  });

  it('ADM13: a connection whose stream has ended gives its place away', async () => {
    const admin = await started();
    const closed = await hold(admin, 1, 'GET /doctor/stream HTTP/1.1\r\nhost: localhost\r\n\r\n');
    const [streaming] = held as [Socket];
    let text = '';
    streaming.on('data', (chunk: Buffer) => (text += chunk.toString('latin1'))).resume();
    await until(20_000, 'the end of the stream', () => text.endsWith('0\r\n\r\n') || undefined);
    streaming.write('GET /doctor/hello HTTP/1.1\r\nhost: localhost\r\n\r\n');
    await until(20_000, 'the next response', () => text.includes('Signalbox') || undefined);
    await hold(admin, 128, HALF_HEAD);
    await until(20_000, 'the end of the connection', () => closed() === 1 || undefined);
  });
});
