import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { apiRoutes } from '../../../../../src/adapters/admin-listeners/http/api.ts';
import { ACT, AdminFixture } from '../../../../support/admin-fixture.ts';

const OPENAPI = JSON.parse(readFileSync(new URL('../../../../../docs/admin-openapi.json', import.meta.url), 'utf8'));
/** Paths that the listener serves beside the routes of the API. */
const OTHERS = ['/healthz', '/readyz', '/api/events', '/api/trace'].map((path) => `GET ${path}`);

const ajv = new Ajv2020({ strict: false, validateFormats: false });
ajv.addSchema(OPENAPI, 'openapi');

let admin: AdminFixture;
beforeEach(async () => void (admin = await new AdminFixture().start()));
afterEach(() => admin.listener.stop());

/** Asks, and compares status, type and body with the description. @returns the body. */
async function described(method: string, template: string, path = template, body?: object): Promise<never> {
  const asked = { headers: ACT, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
  const answer = await admin.ask(method, path, asked);
  const { responses } = OPENAPI.paths[template][method.toLowerCase()];
  const found = responses[answer.status] ?? responses.default;
  const type = String(answer.headers['content-type']).split(';', 1)[0] ?? '';
  expect(Object.keys(found.content), `${method} ${path}: ${answer.body}`).toContain(type);
  const key = responses[answer.status] === undefined ? 'default' : String(answer.status);
  const parts = ['paths', template, method.toLowerCase(), 'responses', key, 'content', type, 'schema'];
  const pointer = parts.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/');
  const value = type.includes('json') ? JSON.parse(answer.body) : answer.body;
  const validate = ajv.compile({ $ref: `openapi#/${pointer}` });
  expect([validate(value), validate.errors]).toEqual([true, null]);
  return value as never;
}

describe('the admin API', () => {
  it('ADM13: an act refuses parameters that it does not know, and a body that it would ignore', async () => {
    const { broker } = admin;
    const ann = broker.connectPeer('ann');
    for (const [method, path, body] of [
      ['POST', '/api/drain?nod=other'],
      ['POST', '/api/drain', '{"node":"other"}'],
      ['DELETE', '/api/peers/peerjs/ann?force=1'],
      ['DELETE', '/api/peers/peerjs/ann', '{}'],
      ['DELETE', '/api/bans/id%3Apeerjs%2Fann?realm=peerjs'],
    ] as const) {
      const length = body === undefined ? {} : { 'content-length': String(body.length) };
      const { status } = await admin.ask(method, path, {
        headers: { ...ACT, ...length },
        ...(body === undefined ? {} : { body }),
      });
      expect([method, path, status]).toEqual([method, path, 400]);
    }
    expect(ann.client.state).toBe('open');
  });

  it('ADM13: has exactly the paths and methods of docs/admin-openapi.json', () => {
    const served = apiRoutes({} as never).flatMap(({ path, methods }) => Object.keys(methods).map((one) => `${one} ${path}`));
    const documented = Object.entries(OPENAPI.paths as Record<string, object>).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{\w+\}/g, '*')}`),
    );
    expect([...served, ...OTHERS].sort()).toEqual(documented.sort());
  });

  it('ADM2, ADM5, ADM7: answers look-ups as described', async () => {
    const { broker } = admin;
    for (const id of ['ann', 'bob', 'eve/x']) broker.connectPeer(id);
    broker.connectPeer('bob', { token: 'other' });
    // O15: the refusal.
    broker.advance(100);
    broker.transport.request('GET', '/nothing');
    broker.connectPeer('gone').client.cut();
    for (const path of ['/healthz', '/readyz', '/metrics', '/api/overview', '/api/nodes', '/api/config']) {
      await described('GET', path);
    }
    expect(await described('GET', '/api/peers', '/api/peers?prefix=b&limit=1')).toMatchObject({
      peers: [{ id: 'bob' }],
      next: null,
    });
    expect(await described('GET', '/api/peers', '/api/peers?limit=1')).toMatchObject({ next: '0@alone' });
    expect(await described('GET', '/api/peers/{realm}/{id}', '/api/peers/peerjs/eve%2Fx')).toMatchObject({ id: 'eve/x' });
    expect(await described('GET', '/api/peers/{realm}/{id}', '/api/peers/peerjs/nobody')).toMatchObject({ status: 404 });
    expect(await described('GET', '/api/refusals')).toMatchObject([{ kind: 'request' }, { why: 'id-taken', realm: 'peerjs' }]);
    expect(await described('GET', '/api/closed')).toMatchObject([{ id: 'gone', why: 'lost', by: 'network' }]);
  });

  it('ADM3, ADM4: performs acts as described', async () => {
    const peers = ['ann', 'bob'].map((id) => admin.broker.connectPeer(id));
    expect(await described('DELETE', '/api/peers/{realm}/{id}', '/api/peers/peerjs/ann?reason=spam')).toMatchObject({
      closed: 1,
    });
    expect(await described('DELETE', '/api/peers/{realm}/{id}', '/api/peers/peerjs/ann')).toMatchObject({ status: 404 });
    const ban = { what: 'id', value: 'bob', realm: 'peerjs', until: '2100-01-01T00:00:00.000Z', reason: 'spam' };
    expect(await described('POST', '/api/bans', '/api/bans', ban)).toMatchObject({ closed: 1, ban: { id: 'id:peerjs/bob' } });
    expect(peers.map(({ closeCode }) => closeCode)).toEqual([4004, 4004]);
    const [listed] = (await described('GET', '/api/bans')) as { until: string }[];
    expect(listed).toMatchObject({ what: 'id', value: 'bob', realm: 'peerjs', reason: 'spam' });
    expect(Math.abs(Date.parse(listed?.until ?? '') - Date.parse(ban.until))).toBeLessThan(60_000);
    expect(await described('DELETE', '/api/bans/{ban}', '/api/bans/id%3Apeerjs%2Fbob')).toMatchObject({ value: 'bob' });
    expect(await described('DELETE', '/api/bans/{ban}', '/api/bans/id%3Apeerjs%2Fbob')).toMatchObject({ status: 404 });
    expect(await described('POST', '/api/drain', '/api/drain?reason=update')).toEqual({ draining: true });
    expect([admin.drains, admin.broker.events.at(-1)]).toMatchObject([1, { act: 'drain', reason: 'update', from: '127.0.0.1' }]);
  });

  it.each(['.', '..', '%', '%2e', 'a/b', '../x', 'a?b#c', 'ann bob', 'ä 日本 🦊', '__proto__', '<script>', "'"])(
    'ADM2, ADM3: shows and removes the peer %j by a request of a browser',
    async (id) => {
      const peer = admin.broker.connectPeer(id);
      const isRemoved = id === '.' || id === '..';
      const path = isRemoved ? `/api/peers/-/-?realm=peerjs&id=${id}` : `/api/peers/peerjs/${encodeURIComponent(id)}?`;
      const shown = await fetch(new URL(path, admin.url));
      expect([shown.status, await shown.json()]).toEqual([200, expect.objectContaining({ id })]);
      const removed = await fetch(new URL(`${path}&reason=a%20test`, admin.url), { method: 'DELETE', headers: ACT });
      expect([removed.status, peer.closeCode]).toEqual([200, 4004]);
      expect(admin.broker.events).toContainEqual(expect.objectContaining({ event: 'operator-acted', reason: 'a test' }));
    },
  );

  it.each([
    [{ what: 'name', value: 'ann' }, 'The target what must be one of id, sub, jti, address'],
    [{ what: 'address', value: 'ann' }, 'The value is not usable: an address is like 192.0.2.1 or 2001:db8::/32'],
    [{ what: 'id', value: '' }, 'value must be a text of 1 to 256 characters'],
    [{ what: 'sub', value: 'ann', realm: 'peerjs' }, 'realm is for the target id only'],
    [{ what: 'id', value: 'ann', until: '2001-01-01T00:00:00Z' }, 'until must be a date and time in the future'],
    [{ what: 'id', value: 'ann', ends: 1 }, 'The member ends is not known'],
  ])('ADM13: refuses the ban %j', async (ban, detail) => {
    expect(await described('POST', '/api/bans', '/api/bans', ban)).toMatchObject({
      status: 400,
      detail: expect.stringContaining(detail),
    });
  });

  it('ADM4: refuses a ban when the table is full', async () => {
    for (let n = 0; n < 500; n++) {
      const network = {
        what: 'address',
        value: `10.${n >> 8}.${n & 255}.0/24`,
        realm: undefined,
        endsAt: Infinity,
        reason: undefined,
      } as const;
      admin.broker.broker.operations.ban(network, { reason: undefined, from: 'test' }, () => undefined);
    }
    const ban = { what: 'address', value: '192.0.2.0/24' };
    expect(await described('POST', '/api/bans', '/api/bans', ban)).toMatchObject({ status: 409, code: 'too-many-bans' });
  });
});
