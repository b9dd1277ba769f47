import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { ACT, AdminFixture, TOKEN, VIEWER } from '../../../../support/admin-fixture.ts';

let admin: AdminFixture;
afterEach(() => admin.listener.stop());

async function start(
  settings: ConstructorParameters<typeof AdminFixture>[0] = { token: TOKEN, viewerToken: VIEWER },
): Promise<void> {
  admin = await new AdminFixture(settings).start();
}

const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });

describe('the guard of the admin listener', () => {
  it.each(['localhost', 'LOCALHOST:9001', '127.0.0.1:9001', '[::1]:9001', 'admin.test', 'Admin.Test:80'])(
    'ADM9: answers for the host %s',
    async (host) => {
      await start({ hosts: ['admin.test'] });
      expect((await admin.ask('GET', '/api/overview', { headers: { host } })).status).toBe(200);
    },
  );

  it.each(['evil.test', 'localhost.evil.test', '192.0.2.1', 'admin.test.evil'])(
    'ADM9: refuses the host %j, so that DNS rebinding is useless',
    async (host) => {
      await start({ hosts: ['admin.test'] });
      expect(await admin.outcome('GET', '/api/overview', { headers: { host } })).toEqual([421, 'host-not-listed']);
      expect(admin.events).toEqual([
        { event: 'admin-refused', address: '127.0.0.1', path: '/api/overview', why: 'host-not-listed' },
      ]);
    },
  );

  it('ADM9: refuses a second host, because a proxy may have read the other one', async () => {
    await start({ hosts: ['admin.test'] });
    const { hostname, port } = new URL(admin.url);
    const socket = connect(Number(port), hostname);
    socket.end('GET /api/overview HTTP/1.1\r\nhost: admin.test\r\nHost: evil.test\r\nconnection: close\r\n\r\n');
    const response = await text(socket);
    expect(response).toMatch(/^HTTP\/1.1 400 .*"code":"invalid-request","detail":"More than one Host header"/s);
  });

  it('ADM10: needs a token, and says so', async () => {
    await start();
    const { status, headers } = await admin.ask('GET', '/metrics');
    expect([status, headers['www-authenticate']]).toEqual([401, 'Bearer realm="signalbox admin"']);
    expect(await admin.outcome('GET', '/api/peers', { headers: bearer('wrong') })).toEqual([401, 'token-invalid']);
    for (const token of [TOKEN, VIEWER]) {
      expect((await admin.ask('GET', '/metrics', { headers: bearer(token) })).status).toBe(200);
    }
  });

  it('ADM10: lets the viewer token look only', async () => {
    await start();
    const headers = { ...bearer(VIEWER), ...ACT };
    expect(await admin.outcome('DELETE', '/api/peers/peerjs/ann', { headers })).toEqual([403, 'viewer-may-not-act']);
    expect(await admin.outcome('POST', '/api/drain', { headers })).toEqual([403, 'viewer-may-not-act']);
    expect(admin.drains).toBe(0);
  });

  it('ADM10: opens a session by a form, with a cookie that scripts and other sites do not get, and ends it', async () => {
    await start();
    const login = await admin.ask('POST', '/login', { body: `token=${VIEWER}` });
    const [cookie = ''] = login.headers['set-cookie'] ?? [];
    expect([login.status, login.headers['location']]).toEqual([303, '/']);
    expect(cookie).toMatch(/^signalbox_admin=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=43200$/);
    const headers = { cookie: `a=b; ${cookie.split(';')[0]}` };
    expect((await admin.ask('GET', '/api/overview', { headers })).status).toBe(200);
    expect(await admin.outcome('POST', '/api/drain', { headers: { ...headers, ...ACT } })).toEqual([403, 'viewer-may-not-act']);
    await admin.ask('POST', '/logout', { headers });
    expect((await admin.ask('GET', '/api/overview', { headers })).status).toBe(401);
  });

  it('ADM10: ends a session after 12 hours', async () => {
    await start();
    const login = await admin.ask('POST', '/login', { body: TOKEN });
    const headers = { cookie: login.headers['set-cookie']?.[0]?.split(';')[0] ?? '' };
    admin.broker.clock.advance(12 * 3_600_000 - 1);
    expect((await admin.ask('GET', '/api/overview', { headers })).status).toBe(200);
    admin.broker.clock.advance(1);
    expect((await admin.ask('GET', '/api/overview', { headers })).status).toBe(401);
  });

  it('ADM11: needs a header for an act, and the same origin', async () => {
    await start({ token: TOKEN });
    const act = (headers: Record<string, string>) =>
      admin.outcome('POST', '/api/drain', { headers: { ...bearer(TOKEN), ...headers } });
    expect(await act({})).toEqual([403, 'act-header-missing']);
    expect(await act({ ...ACT, origin: 'http://evil.test' })).toEqual([403, 'origin-not-allowed']);
    expect(await act({ ...ACT, origin: 'null' })).toEqual([403, 'origin-not-allowed']);
    expect(admin.drains).toBe(0);
    expect((await act({ ...ACT, origin: 'http://localhost' }))[0]).toBe(202);
    expect((await act(ACT))[0]).toBe(202);
    expect(admin.drains).toBe(2);
  });

  it('ADM11: refuses a login from a page of another origin', async () => {
    await start();
    const asked = { headers: { origin: 'http://evil.test' }, body: `token=${TOKEN}` };
    expect(await admin.outcome('POST', '/login', asked)).toEqual([403, 'origin-not-allowed']);
  });

  it('ADM12: refuses an address for the rest of a minute after 5 wrong tokens, also with the right one', async () => {
    await start();
    for (let n = 0; n < 5; n++) await admin.ask('POST', '/login', { body: 'token=wrong' });
    expect(await admin.outcome('GET', '/api/overview', { headers: bearer(TOKEN) })).toEqual([429, 'too-many-failures']);
    admin.broker.clock.advance(60_000);
    expect((await admin.ask('GET', '/api/overview', { headers: bearer(TOKEN) })).status).toBe(200);
  });

  it('ADM12: does not count requests without a token', async () => {
    await start();
    for (let n = 0; n < 9; n++) await admin.ask('GET', '/api/overview');
    expect((await admin.ask('GET', '/api/overview', { headers: bearer(TOKEN) })).status).toBe(200);
  });
});
