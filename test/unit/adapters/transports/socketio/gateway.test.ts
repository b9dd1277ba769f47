import { describe, expect, it } from 'vitest';
import { sessionIdIn, SocketIoFixture } from '../../../../support/socketio-fixture.ts';

const WS = { path: '/socket.io/', query: 'EIO=4&transport=websocket' };

describe('SIO9: the Socket.IO gateway', () => {
  it('serves its path, with or without a trailing slash; all other requests pass through', () => {
    const stage = new SocketIoFixture();
    const { memory } = stage;
    for (const path of ['/socket.io', '/socket.io/']) {
      expect(memory.connect({ ...WS, path }).received[0]).toMatch(/^0\{"sid"/);
      expect(memory.http('GET', `${path}?EIO=4&transport=polling`).body).toMatch(/^0\{"sid"/);
    }
    const others = ['/socket.io//', '/socket.io/x', '/socket.iox', '/', '/peerjs'].map((path) => memory.connect({ ...WS, path }));
    expect([others.map(({ received }) => received.length), stage.gateway.connections.length]).toEqual([[0, 0, 0, 0, 0], 5]);
    others[0]?.send('hello');
    expect(stage.gateway.connections[0]?.frames.length).toBe(1);
    others[0]?.close();
    expect([stage.gateway.connections[0]?.closedCount, stage.admissions]).toEqual([1, 8]);
  });

  it.each([
    ['', 0],
    ['EIO=4&transport=polling', 3],
    ['EIO=3&transport=websocket', 5],
    ['EIO=4&transport=webtransport', 0],
    ['EIO=4&transport=websocket&sid=someone', 1],
    ['EIO=4&transport=websocket&transport=polling', 3],
  ])('an upgrade with %s is rejected, and counted nowhere', (query, code) => {
    const stage = new SocketIoFixture();
    const { refusal } = stage.webSocket(query);
    expect([refusal?.status, JSON.parse(refusal?.body ?? '')]).toEqual([400, expect.objectContaining({ code })]);
    expect([stage.admissions, stage.gateway.upgrades.length]).toEqual([0, 0]);
  });

  it.each([
    ['GET', 'EIO=4&transport=websocket', 3],
    ['GET', 'EIO=4&transport=polling&sid=someone', 1],
    ['POST', 'EIO=4&transport=polling', 2],
    ['POST', 'EIO=4&transport=polling&sid=__proto__', 1],
    ['GET', 'EIO=3&transport=polling', 5],
    ['GET', 'EIO=4&transport=polling&j=1', 3],
    ['GET', '', 0],
  ])('a %s with %s is rejected, and counted as a request only', (method, query, code) => {
    const stage = new SocketIoFixture();
    const { status, body, headers } = stage.memory.http(method, `/socket.io/?${query}`);
    expect([status, JSON.parse(body), stage.admissions]).toEqual([400, expect.objectContaining({ code }), 0]);
    expect([stage.gateway.requests.length, headers.some(([name]) => name === 'x-cors')]).toEqual([1, true]);
  });

  it('the gateway answers other methods, with or without a session', async () => {
    const stage = new SocketIoFixture();
    const sid = await stage.openPolling();
    stage.gateway.answerRequest = (exchange) => exchange.respond({ status: 405, headers: [], body: '' });
    for (const query of ['EIO=4&transport=polling', `EIO=4&transport=polling&sid=${sid}`]) {
      for (const method of ['HEAD', 'PUT', 'DELETE', 'OPTIONS']) {
        expect(stage.memory.http(method, `/socket.io/?${query}`).status).toBe(405);
      }
    }
    expect(stage.admissions).toBe(1);
  });

  it('H11: the gateway rejects a target beyond the limit, with or without a session', async () => {
    const stage = new SocketIoFixture();
    const sid = await stage.openPolling();
    stage.gateway.answerRequest = (exchange) => exchange.respond({ status: 414, headers: [], body: '' });
    const padding = `&t=${'x'.repeat(1_000)}`;
    expect(stage.get(`EIO=4&transport=polling&sid=${sid}${padding}`).answered?.status).toBe(414);
    stage.gateway.answerUpgrade = () => ({ accept: false, response: { status: 414, headers: [], body: '' } });
    expect(stage.webSocket(`EIO=4&transport=polling${padding}`).refusal?.status).toBe(414);
  });

  it('O10: a page of an origin that is not allowed can’t use a session either', async () => {
    const stage = new SocketIoFixture({ origins: { allow: 'listed', isListed: (origin) => origin === 'http://good.example' } });
    const sid = await stage.openPolling();
    for (const [origin, status] of [
      ['http://bad.example', 403],
      ['http://rebound.example', 403],
      ['http://good.example', undefined],
    ] as const) {
      const headers = { origin, host: 'rebound.example' };
      expect(stage.get(`EIO=4&transport=polling&sid=${sid}`, headers).answered?.status).toBe(status);
      expect(stage.webSocket(`EIO=4&transport=websocket&sid=${sid}`, headers).refusal?.status).toBe(status);
    }
    expect((await stage.post(sid, '3', { origin: 'http://bad.example' }))?.status).toBe(403);
  });

  it('a session accepts only its own transport and version', async () => {
    const stage = new SocketIoFixture({ protocols: [4, 3] });
    const sid = await stage.openPolling();
    const client = stage.webSocket();
    const own = sessionIdIn({ status: 200, headers: [], body: client.received[0] ?? '' });
    for (const query of [
      `EIO=3&transport=polling&sid=${sid}`,
      `EIO=4&transport=websocket&sid=${sid}`,
      `EIO=4&transport=polling&sid=${own}`,
    ]) {
      expect(stage.get(query).answered?.status).toBe(400);
    }
    expect(stage.webSocket(`EIO=4&transport=websocket&sid=${own}`).refusal?.status).toBe(400);
  });

  it('a rejection by the gateway is passed on', () => {
    const stage = new SocketIoFixture();
    stage.gateway.answerUpgrade = () => ({ accept: false, response: { status: 429, headers: [], body: 'no' } });
    stage.gateway.answerRequest = (exchange) => exchange.respond({ status: 503, headers: [], body: 'no' });
    expect([stage.webSocket().refusal?.status, stage.get('EIO=4&transport=polling').answered?.status]).toEqual([429, 503]);
  });

  it('an abandoned upgrade is no longer counted', async () => {
    const stage = new SocketIoFixture();
    const upgrade = (query: string): void => {
      const request = { method: 'GET', path: '/socket.io', query, remoteAddress: '', header: () => undefined };
      const answer = stage.innerGateway.upgrade(request);
      if (answer.accept) stage.innerGateway.abandoned(answer);
    };
    upgrade('EIO=4&transport=websocket');
    expect([stage.gateway.accepted.length, stage.admissions]).toEqual([1, 0]);
    const sid = await stage.openPolling();
    upgrade(`EIO=4&transport=websocket&sid=${sid}`);
    expect([stage.webSocket(`EIO=4&transport=websocket&sid=${sid}`).state, stage.admissions]).toEqual(['open', 1]);
  });

  it('promise 6: an error in this transport is logged, and ends only its own connection', async () => {
    const stage = new SocketIoFixture();
    const [other, client, sid] = [stage.connect(), stage.connect(), await stage.openPolling()];
    stage.gateway.onFrame = (connection) => {
      if (connection !== stage.gateway.connections[0]) throw new Error('a bug');
    };
    client.send('3');
    await stage.post(sid, '3');
    await stage.advance();
    other.send('3');
    expect([client.closed?.code, other.state]).toEqual([1011, 'open']);
    expect(stage.events.map(({ event }) => event)).toEqual(['fault', 'fault']);
  });
});

describe('SIO8: when the broker stops', () => {
  it('sessions that have not connected are ended at once', async () => {
    const stage = new SocketIoFixture();
    const [client, connected] = [stage.webSocket(), stage.connect()];
    stage.transport.refuseNew();
    await stage.advance();
    expect([client.closed?.code, connected.state, stage.admissions]).toEqual([1012, 'open', 1]);
  });

  it('all sessions are ended and reported, and polls are answered', async () => {
    const stage = new SocketIoFixture();
    const [client, sid, idle] = [stage.connect(), await stage.openPolling(), await stage.openPolling()];
    const poll = stage.poll(sid);
    await stage.transport.stop();
    expect([client.state, poll.answered?.body, stage.admissions, idle.length > 0]).toEqual(['closed', '1', 0, true]);
    expect(stage.gateway.connections.map(({ closedCount }) => closedCount)).toEqual([1, 1, 1]);
    await stage.advance(60_000);
    expect(stage.gateway.reentrantCalls).toEqual([]);
  });
});
