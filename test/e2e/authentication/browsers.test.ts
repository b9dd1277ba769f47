import { createSecretKey } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SignJWT, type JWTPayload } from 'jose';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { EmbeddedBroker } from '../../../src/composition/embedded-broker.ts';
import { createBroker, type BrokerOptions } from '../../../src/composition/library.ts';
import { Tabs, type ClientOptions, type Tab } from '../../support/e2e/browser.ts';
import { uniqueName } from '../../support/e2e/server-client.ts';

/* The errors that a page with the stock client receives for each refusal of A6, and a page whose token expires. */

const SECRET = 'replace-this-by-32-random-bytes-or-more';
const LOOPBACK = { host: '127.0.0.1', port: 0, log_level: 'silent', auth_failures_per_minute: 0 } as const;
const nowInSeconds = (): number => Math.floor(Date.now() / 1000);

function tokenFor(sub: string, claims: JWTPayload = {}): Promise<string> {
  return new SignJWT({ aud: 'signalbox', sub, exp: nowInSeconds() + 600, jti: uniqueName('token'), ...claims })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(createSecretKey(Buffer.from(SECRET)));
}

describe.each(['node', 'uws'] as const)('the stock client in Chromium, on %s', (transport) => {
  let tabs: Tabs;
  beforeAll(async () => {
    tabs = await Tabs.start();
  });
  afterAll(() => tabs.stop());

  async function start(options: BrokerOptions): Promise<{ broker: EmbeddedBroker; client: Omit<ClientOptions, 'token'> }> {
    const broker = createBroker({ ...LOOPBACK, transport, auth: 'required', ...options });
    const { port } = await broker.listen();
    onTestFinished(() => broker.close());
    return { broker, client: { host: LOOPBACK.host, port, path: '/', key: 'peerjs' } };
  }

  async function openTab(id: string, options: ClientOptions): Promise<Tab> {
    const user = await tabs.newUser();
    onTestFinished(() => user.close());
    return user.openTab(id, options);
  }

  it('A6: each refusal has its type and its text', async () => {
    const { broker, client } = await start({ auth_key: [SECRET], key: ['peerjs', 'other'] });
    await broker.ban({ what: 'sub', value: 'mallory' });
    const [ann, good] = [uniqueName('ann'), await tokenFor('ann')];
    const refused: readonly (readonly [error: string, token: string, key?: string])[] = [
      ['server-error: Authentication required', 'k2j3h4'],
      ['server-error: Invalid token', `${good}AA`],
      ['server-error: Invalid token', await tokenFor('ann', { aud: 'another' })],
      ['server-error: Token expired', await tokenFor('ann', { exp: nowInSeconds() - 60 })],
      ['server-error: Token not valid yet: check the clocks', await tokenFor('ann', { nbf: nowInSeconds() + 300 })],
      [`server-error: This token is not for the id ${ann}`, await tokenFor('ann', { signalbox: { id: 'bob' } })],
      ['server-error: This token is not for this key', await tokenFor('ann', { signalbox: { realm: 'peerjs' } }), 'other'],
      ['server-error: Removed by the operator', await tokenFor('mallory')],
    ];
    const outcomes = refused.map(async ([, token, key = 'peerjs']) => {
      const tab = await openTab(ann, { ...client, key, token });
      const error = await tab.waitForEvent('error');
      await tab.waitForEvent('close');
      return error;
    });
    expect(await Promise.all(outcomes)).toEqual(refused.map(([error]) => error));
    await (await openTab(ann, { ...client, token: good })).waitForEvent('open');
    const thief = await openTab(ann, { ...client, token: await tokenFor('eve') });
    expect(await thief.waitForEvent('error')).toBe(`unavailable-id: ID "${ann}" is taken`);
  });

  it('A6: a reserved id is taken, and an unreachable key set says to try again', async () => {
    const dead = createServer((_, response) => response.writeHead(503).end());
    await new Promise<void>((resolve) => dead.listen(0, LOOPBACK.host, resolve));
    onTestFinished(() => void dead.close());
    const auth_jwks = `http://${LOOPBACK.host}:${(dead.address() as AddressInfo).port}/`;
    const options = { auth: 'optional', auth_jwks, auth_issuer: 'us', auth_audience: 'app', reserved_ids: ['support'] } as const;
    const { client } = await start(options);
    const guest = await openTab('Support', { ...client, token: 'k2j3h4' });
    expect(await guest.waitForEvent('error')).toBe('unavailable-id: ID "Support" is taken');
    const user = await openTab('support', { ...client, token: await tokenFor('sue', { iss: 'us', aud: 'app' }) });
    expect(await user.waitForEvent('error')).toBe('server-error: Authorisation is out of reach, try again later');
  });

  it('A5: an expired token disconnects, and reconnect() with a fresh one opens again while a connection stays open', async () => {
    const { client } = await start({ auth_key: [SECRET], auth_leeway: 0 });
    const [id, bobId] = [uniqueName('ann'), uniqueName('bob')];
    const bob = await openTab(bobId, { ...client, token: await tokenFor('bob') });
    await bob.waitForEvent('open');
    const ann = await openTab(id, { ...client, token: await tokenFor('ann') });
    await ann.waitForEvent('open');
    await ann.call('connect', bobId);
    await bob.waitForEvent('connected');
    // A token with a short life replaces the first one, so that a slow machine has time for the connection.
    await ann.call('refreshToken', await tokenFor('ann', { exp: nowInSeconds() + 10 }));
    expect(await ann.waitForEvent('error')).toBe('server-error: Token expired');
    await ann.waitForEvent('disconnected');
    await ann.call('send', 'while disconnected');
    expect(await bob.waitForEvent('received')).toBe(`${id}: while disconnected`);
    await ann.call('reconnectWith', await tokenFor('ann'));
    expect(await ann.waitForEvent('open', 2)).toBe(id);
    await ann.call('send', 'open again');
    expect(await bob.waitForEvent('received', 2)).toBe(`${id}: open again`);
  });
});
