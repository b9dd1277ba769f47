import { describe, expect, it } from 'vitest';
import { MemoryBudget } from '../../../../../src/domain/memory-budget.ts';
import { BUFFER_BYTES, QUEUED_FRAME_BYTES } from '../../../../../src/domain/memory-sizes.ts';
import { streamAdmissionOf } from '../../../../../src/contracts/transports/recording-gateway.ts';
import { CLOSE_GRACE } from '../../../../../src/adapters/transports/shared/settings.ts';
import { sessionIdIn, SocketIoFixture } from '../../../../support/socketio-fixture.ts';

const PLAIN = ['content-type', 'text/plain; charset=UTF-8'];

describe('SIO9: polling', () => {
  it('a handshake, a waiting poll, and the packets of one turn in one response', async () => {
    const stage = new SocketIoFixture();
    const opened = stage.get('EIO=4&transport=polling').answered;
    expect(opened).toMatchObject({ status: 200, headers: expect.arrayContaining([PLAIN, ['x-cors', 'yes']]) as unknown });
    expect(JSON.parse(opened?.body.slice(1) ?? '')).toMatchObject({ upgrades: ['websocket'] });
    const sid = sessionIdIn(opened);
    expect(await stage.post(sid, '40')).toMatchObject({ status: 200, body: 'ok' });
    const poll = stage.poll(sid);
    await stage.advance();
    expect(poll.answered).toBeUndefined();
    stage.sendLine('welcome', 'id');
    stage.sendLine('message', 'garden', 'AQID');
    await stage.advance();
    expect(poll.answered?.body).toBe('40{"sid":"id"}\x1e42["message","garden",[1,2,3]]');
    expect([stage.admissions, stage.gateway.reentrantCalls]).toEqual([1, []]);
  });

  it('packets between two polls are queued for the next', async () => {
    const stage = new SocketIoFixture();
    const sid = await stage.openPolling();
    stage.sendLine('receipt', 1);
    stage.sendLine('receipt', 2);
    expect(stage.poll(sid).answered?.body).toBe('431[]\x1e432[]');
  });

  it('B1: packets that are queued for a poll are counted until it is answered', async () => {
    const stage = new SocketIoFixture();
    const memory = new MemoryBudget({ memoryBudget: 100_000, memoryPerAddress: 100_000 }).open('a');
    stage.gateway.answerRequest = (exchange) =>
      exchange.respondWithStream({ status: 200, headers: [] }, { ...streamAdmissionOf(exchange.request), memory });
    const sid = await stage.openPolling();
    expect(memory.bytes).toBe(0);
    stage.sendLine('receipt', 1);
    expect(memory.bytes).toBe('431[]'.length + QUEUED_FRAME_BYTES);
    stage.poll(sid);
    expect(memory.bytes).toBe(0);
  });

  it('M16, SIO12: the queue is limited: the session ends, and the next poll receives the close packet', async () => {
    const stage = new SocketIoFixture();
    const sid = await stage.openPolling();
    const data = Buffer.alloc(1_000).toString('base64');
    for (let count = 0; count < 20; count++) stage.sendLine('message', 'garden', data);
    expect(stage.poll(sid).answered?.body).toBe('1');
    await stage.advance();
    expect([stage.admissions, stage.gateway.connections[0]?.closedCount]).toEqual([0, 1]);
    expect(stage.poll(sid).answered?.status).toBe(400);
  });

  it('M19, SIO12: each poll and each packet counts like a message', async () => {
    const stage = new SocketIoFixture();
    const sid = await stage.openPolling();
    stage.poll(sid);
    await stage.post(sid, '42["subscribe","a"]\x1e\x1e3\x1eb!\x1e431[]');
    expect(stage.lines).toEqual(['["stay"]', '["subscribe","a",null]', 'null', '["stay"]', 'null', '["stay"]']);
  });

  it('M19: a pause delays the rest of a POST, and its response', async () => {
    const stage = new SocketIoFixture();
    const sid = await stage.openPolling();
    stage.gateway.onFrame = ({ socket }) => socket.pause();
    const posted = stage.memory.request('POST', `/socket.io/?EIO=4&transport=polling&sid=${sid}`, { body: '3\x1e3' });
    await stage.advance();
    expect([stage.lines.length, posted.answered]).toEqual([1, undefined]);
    stage.gateway.onFrame = () => undefined;
    stage.gateway.connections[0]?.socket.resume();
    await stage.advance();
    expect([stage.lines.length, posted.answered?.body]).toEqual([2, 'ok']);
  });

  it('M23: one turn handles 250 packets of a POST; the others follow in order', async () => {
    const stage = new SocketIoFixture({ maxFrameBytes: 20_000 });
    const sid = await stage.openPolling();
    const names = Array.from({ length: 600 }, (_, n) => `"${n}"`);
    const body = names.map((name) => `42["subscribe",${name}]`).join('\x1e');
    const posted = stage.memory.request('POST', `/socket.io/?EIO=4&transport=polling&sid=${sid}`, { body });
    stage.memory.settle();
    expect([stage.lines.length, posted.answered]).toEqual([250, undefined]);
    await stage.advance();
    expect([stage.lines, posted.answered?.body]).toEqual([names.map((name) => `["subscribe",${name},null]`), 'ok']);
  });

  it('B5: packets of a POST are counted while a pause delays them, until the session ends', async () => {
    const stage = new SocketIoFixture();
    const memory = new MemoryBudget({ memoryBudget: 100_000, memoryPerAddress: 100_000 }).open('a');
    stage.gateway.answerRequest = (exchange) =>
      exchange.respondWithStream({ status: 200, headers: [] }, { ...streamAdmissionOf(exchange.request), memory });
    const sid = await stage.openPolling();
    stage.gateway.onFrame = ({ socket }) => socket.pause();
    const post = (body: string) => stage.memory.request('POST', `/socket.io/?EIO=4&transport=polling&sid=${sid}`, { body });
    post('3\x1e3');
    await stage.advance();
    expect(memory.bytes).toBe(2 * '3\x1e3'.length);
    stage.gateway.onFrame = () => undefined;
    stage.gateway.connections[0]?.socket.resume();
    await stage.advance();
    expect(memory.bytes).toBe(0);
    stage.gateway.onFrame = ({ socket }) => socket.pause();
    const posted = post('3\x1e3');
    await stage.advance();
    stage.gateway.connections[0]?.socket.close(1008, 'holds too much memory');
    expect([memory.bytes, posted.answered?.body]).toEqual([0, 'ok']);
  });

  it('B5: attachments are counted until their packet is complete', async () => {
    const stage = new SocketIoFixture();
    const memory = new MemoryBudget({ memoryBudget: 100_000, memoryPerAddress: 100_000 }).open('a');
    stage.gateway.answerRequest = (exchange) =>
      exchange.respondWithStream({ status: 200, headers: [] }, { ...streamAdmissionOf(exchange.request), memory });
    const sid = await stage.openPolling();
    await stage.post(sid, '452-["publish","a",{"_placeholder":true,"num":0}]\x1ebAQID');
    expect(memory.bytes).toBeGreaterThan(2 * BUFFER_BYTES);
    await stage.post(sid, 'bAQID');
    expect(memory.bytes).toBe(0);
  });

  it('B3: a terminated session ends without a poll', async () => {
    const stage = new SocketIoFixture();
    await stage.openPolling();
    stage.gateway.connections[0]?.socket.terminate();
    stage.gateway.connections[0]?.socket.terminate();
    await stage.advance();
    expect([stage.admissions, stage.gateway.connections[0]?.closedCount, stage.gateway.reentrantCalls]).toEqual([0, 1, []]);
  });

  it('an aborted poll ends the session, and so does an aborted POST', async () => {
    const stage = new SocketIoFixture();
    const [one, other] = [await stage.openPolling(), await stage.openPolling()];
    stage.poll(one).abort();
    stage.gateway.onFrame = ({ socket }) => socket.pause();
    stage.memory.request('POST', `/socket.io/?EIO=4&transport=polling&sid=${other}`, { body: '3\x1e3' }).abort();
    await stage.advance();
    expect([stage.admissions, stage.gateway.connections.map(({ closedCount }) => closedCount)]).toEqual([0, [1, 1]]);
  });

  it('two concurrent polls, and two concurrent POSTs, end the session', async () => {
    const stage = new SocketIoFixture();
    const [one, other] = [await stage.openPolling(), await stage.openPolling()];
    const first = stage.poll(one);
    expect(stage.poll(one).answered?.status).toBe(400);
    const target = `/socket.io/?EIO=4&transport=polling&sid=${other}`;
    stage.gateway.onFrame = ({ socket }) => socket.pause();
    stage.memory.request('POST', target, { body: '3\x1e3' });
    await stage.advance();
    expect(stage.memory.request('POST', target, { body: '3' }).answered?.status).toBe(400);
    await stage.advance(CLOSE_GRACE);
    expect([first.answered?.body, stage.admissions]).toEqual(['1', 0]);
  });

  it('SIO8: an ended session receives the close packet with its current poll, with the next one, or not at all', async () => {
    const stage = new SocketIoFixture();
    const [one, other, third] = [await stage.openPolling(), await stage.openPolling(), await stage.openPolling()];
    stage.sendLine('welcome', 'id');
    for (const sid of [one, other, third]) stage.poll(sid);
    await stage.advance();
    const present = stage.poll(one);
    for (const { socket } of stage.gateway.connections) socket.close(1012, 'server is restarting');
    await stage.advance();
    expect([present.answered?.body, stage.poll(other).answered?.body, stage.admissions]).toEqual(['41\x1e1', '41\x1e1', 2]);
    await stage.advance(CLOSE_GRACE);
    expect([stage.admissions, stage.poll(third).answered?.status]).toEqual([0, 400]);
  });

  it('M18: a body larger than a message is answered with 413, and ends the session', async () => {
    const stage = new SocketIoFixture();
    const sid = await stage.openPolling();
    expect((await stage.post(sid, 'x'.repeat(10_001)))?.status).toBe(413);
    await stage.advance(CLOSE_GRACE);
    expect(stage.admissions).toBe(0);
  });

  it('SIO4: a body that is not UTF-8 counts as malformed', async () => {
    const stage = new SocketIoFixture();
    const sid = await stage.openPolling();
    expect((await stage.post(sid, Uint8Array.of(0x34, 0xff)))?.status).toBe(400);
    expect(stage.lines).toEqual(['null']);
  });

  it('SIO11: payloads of version 3, in both directions', async () => {
    const stage = new SocketIoFixture({ protocols: [4, 3] });
    const opened = stage.get('EIO=3&transport=polling').answered;
    const { sid } = JSON.parse(opened?.body.replace(/^\d+:0/, '') ?? '') as { sid: string };
    const target = `/socket.io/?EIO=3&transport=polling&sid=${sid}`;
    stage.memory.request('POST', target, { body: '20:42["subscribe","ž"]5:x' });
    const headers = { 'content-type': 'application/octet-stream' };
    await stage.advance();
    stage.memory.request('POST', target, { body: Uint8Array.of(0, 1, 0xff, 0x32), headers });
    await stage.advance();
    stage.sendLine('message', 'ž', 'AQ==');
    expect(stage.memory.request('GET', target).answered?.body).toBe('1:321:42["message","ž",[1]]');
    expect(stage.lines.slice(0, 3)).toEqual(['["subscribe","ž",null]', 'null', '["stay"]']);
  });
});
