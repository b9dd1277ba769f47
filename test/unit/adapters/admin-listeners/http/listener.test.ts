import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { ACT, AdminFixture } from '../../../../support/admin-fixture.ts';

let fixture: AdminFixture | undefined;
afterEach(() => fixture?.listener.stop());

async function started(...settings: ConstructorParameters<typeof AdminFixture>): Promise<AdminFixture> {
  fixture = await new AdminFixture(...settings).start();
  return fixture;
}

describe('the admin listener', () => {
  it('ADM13: answers what it does not have with problem details, and never lets a page frame or cache it', async () => {
    const { status, headers, body } = await (await started()).ask('GET', '/api/nothing');
    expect([status, headers['content-type'], JSON.parse(body)]).toEqual([
      404,
      'application/problem+json',
      { type: 'about:blank', title: 'Not Found', status: 404, code: 'not-found', detail: 'There is no such resource' },
    ]);
    expect(headers).toMatchObject({
      ...{ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY' },
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    });
  });

  it('ADM1: serves health checks for any host, without a token', async () => {
    const admin = await started({ token: 'x'.repeat(32) });
    const headers = { host: '10.1.2.3:9001' };
    expect((await admin.ask('GET', '/healthz', { headers })).body).toBe('ok\n');
    expect((await admin.ask('HEAD', '/readyz', { headers })).status).toBe(200);
  });

  it('ADM7: sends one event a second to an open stream', async () => {
    const admin = await started();
    admin.broker.connectPeer('ann');
    let text = '';
    const closed = admin.ask('GET', '/api/events', {}, (chunk) => {
      text += chunk;
      if (chunk.includes(': open')) admin.broker.advance(2_000);
      if (text.split('event: second').length === 3) void admin.listener.stop();
    });
    const { headers, body } = await closed;
    expect(headers['content-type']).toBe('text/event-stream');
    const seconds = [...body.matchAll(/data: (.*)/g)].map(([, data = '']) => JSON.parse(data) as object);
    expect(seconds).toMatchObject([
      { node: 'alone', connections: 1, peers: 1, perSecond: { opened: 1 } },
      { perSecond: { opened: 0 } },
    ]);
  });

  it('ADM6: sends the trace of one peer, without payloads, and ends the trace with the stream', async () => {
    const admin = await started();
    const ann = admin.broker.connectPeer('ann');
    const stream = admin.ask('GET', '/api/trace?realm=peerjs&id=ann', {}, (chunk) => {
      if (chunk.includes(': open')) ann.sendOffer('bob', { sdp: 'secret' });
      if (chunk.includes('event: frame')) void admin.listener.stop();
    });
    const { body } = await stream;
    expect(body).toContain('"way":"in","type":"offer","from":"ann","to":"bob"');
    expect(body).not.toContain('secret');
    expect(admin.broker.events).toContainEqual(expect.objectContaining({ event: 'operator-acted', act: 'trace' }));
  });

  it('ADM6, ADM13: refuses a trace without a peer, and more than 16 streams', async () => {
    const admin = await started();
    expect(await admin.outcome('GET', '/api/trace?realm=peerjs')).toEqual([400, 'invalid-request']);
    await Promise.all(
      Array.from(
        { length: 16 },
        () => new Promise<void>((resolve) => void admin.ask('GET', '/api/events', {}, () => resolve()).catch(() => undefined)),
      ),
    );
    expect(await admin.outcome('GET', '/api/events')).toEqual([503, 'too-many-streams']);
  });

  it('ADM13: answers HEAD for a stream without opening it', async () => {
    const admin = await started();
    for (let n = 0; n < 20; n++) {
      const { status, headers, body } = await admin.ask('HEAD', n % 2 === 0 ? '/api/events' : '/api/trace?realm=peerjs&id=ann');
      expect([status, headers['content-type'], body]).toEqual([200, 'text/event-stream', '']);
    }
    expect(admin.broker.eventNames).not.toContain('operator-acted');
  });

  it.each(['/login', '/api/bans'])('ADM13: a client that ends its request to %s amid the body is no fault', async (path) => {
    const admin = await started();
    const socket = connect(Number(new URL(admin.url).port), '127.0.0.1');
    const headers = ['Host: localhost', 'X-Signalbox-Admin: 1', 'Content-Length: 99', 'Expect: 100-continue'];
    const head = [`POST ${path} HTTP/1.1`, ...headers, '', '{'].join('\r\n');
    // The listener reads the body from here on.
    await new Promise<void>((resolve) => socket.once('data', () => resolve()).write(head));
    socket.resetAndDestroy();
    for (let n = 0; n < 5; n++) expect((await admin.ask('GET', '/api/nodes')).status).toBe(200);
    expect(admin.events).toEqual([]);
  });

  it('answers 500 for an internal error, and logs it', async () => {
    fixture = await new AdminFixture().start({ configuration: () => JSON.parse('{') as never });
    expect(await fixture.outcome('GET', '/api/config')).toEqual([500, 'fault']);
    expect(fixture.events.map(({ event }) => event)).toEqual(['fault']);
  });

  it('ADM3, ADM8: removes a peer, and logs the address of the operator', async () => {
    const admin = await started();
    const ann = admin.broker.connectPeer('ann');
    const { status, body } = await admin.ask('DELETE', '/api/peers/peerjs/ann?reason=spam', { headers: ACT });
    expect([status, JSON.parse(body), ann.closeCode]).toEqual([200, { closed: 1, missing: [] }, 4004]);
    const acted = admin.broker.events.find(({ event }) => event === 'operator-acted');
    expect(acted).toMatchObject({ act: 'expel', reason: 'spam', from: '127.0.0.1' });
  });

  it('stops before it listens, and twice', async () => {
    const admin = new AdminFixture();
    await admin.listener.stop();
    await admin.start();
    await admin.listener.stop();
    await admin.listener.stop();
    await expect(admin.ask('GET', '/healthz')).rejects.toThrow('ECONNREFUSED');
  });
});
