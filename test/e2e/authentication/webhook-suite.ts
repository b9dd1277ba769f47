import { createHmac } from 'node:crypto';
import { io } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { AuthorizeAnswer } from '../../../src/adapters/authorizers/shared/backend-types.ts';
import { send, startAuthBackend, type AuthBackend, type Reply } from '../../support/authorizers/auth-backend.ts';
import { Tabs, type BrowserUser, type ClientOptions } from '../../support/e2e/browser.ts';
import { HandshakeRefused } from '../../support/e2e/peer-socket.ts';
import { Server } from '../../support/e2e/server.ts';
import { uniqueName } from '../../support/e2e/server-client.ts';
import type { ServerKind, ServerOptions } from '../../support/e2e/server-kinds.ts';
import { until } from '../../support/e2e/until.ts';

const SECRET = 'the-secret-of-the-webhook-in-tests';
/** Longer than any delay of a busy machine. */
const PATIENT = { auth_timeout: 10_000 };

/** The backend of an application: a user for each token. */
const USERS: Readonly<Record<string, AuthorizeAnswer>> = {
  'ann-1': { allow: true, user: 'ann' },
  'ann-2': { allow: true, user: 'ann' },
  'bob-1': { allow: true, user: 'bob' },
  gone: { allow: false, message: 'Your account is closed: write to help@example.org' },
  team: { allow: true, user: 'team', ids: ['team-*'], realms: ['peerjs'] },
  slow: { allow: true, user: 'slow', rate: 1 },
};

const byToken: Reply = ({ token }, response) => send(response, USERS[token ?? ''] ?? { allow: false });

/** Tests of the webhook with the PeerJS client in Chromium, and with plain sockets. */
export function webhookSuite(kind: ServerKind): void {
  describe(`a webhook that decides who may connect, on ${kind.name}`, () => {
    let tabs: Tabs | undefined;
    beforeAll(async () => {
      tabs = await Tabs.start();
    });
    afterAll(() => tabs?.stop());

    async function newUser(): Promise<BrowserUser> {
      const user = await (tabs ?? expect.fail('the browser did not start')).newUser();
      onTestFinished(() => user.close());
      return user;
    }

    async function start(reply: Reply, options: ServerOptions = {}): Promise<{ server: Server; backend: AuthBackend }> {
      const backend = await startAuthBackend(reply);
      onTestFinished(() => backend.stop());
      const server = await Server.start({
        kind,
        options: { auth: 'required', auth_url: backend.url, auth_failures_per_minute: 0, ...PATIENT, ...options },
        environment: { SIGNALBOX_AUTH_URL_SECRET: SECRET },
      });
      onTestFinished(async () => {
        await server.stop();
      });
      return { server, backend };
    }

    it('A9: a client that the backend allows opens; the request is signed and has the facts of the client', async () => {
      const { server, backend } = await start(byToken, { auth_forward: 'user-agent' });
      const id = uniqueName('ann');
      await (await newUser()).openConnectedTab(id, client(server, 'ann-1'));
      const [{ headers, body, request } = expect.fail('the backend was not asked')] = backend.received;
      expect(request).toMatchObject({
        ...{ version: 1, dialect: 'peerjs', realm: 'peerjs', id, token: 'ann-1' },
        ...{ address: '127.0.0.1', origin: expect.stringMatching(/^http:\/\/127/) as string },
        headers: { 'user-agent': expect.stringContaining('Chrome') as string },
      });
      const [, time = '', hash] = /^t=(\d+),v1=([\da-f]{64})$/.exec(String(headers['signalbox-signature'])) ?? [];
      expect(hash).toBe(createHmac('sha256', SECRET).update(`${time}.${body}`).digest('hex'));
    });

    it('A9: a client that the backend denies receives its text', async () => {
      const { server } = await start(byToken);
      const tab = await (await newUser()).openTab(uniqueName('gone'), client(server, 'gone'));
      expect(await tab.waitForEvent('error')).toBe('server-error: Your account is closed: write to help@example.org');
      const other = await (await newUser()).openTab(uniqueName('nobody'), client(server, 'unknown'));
      expect(await other.waitForEvent('error')).toBe('server-error: Not allowed');
    });

    it('A9: while the backend is away, a client is told to try again later', async () => {
      const { server, backend } = await start(byToken);
      await backend.stop();
      const tab = await (await newUser()).openTab(uniqueName('ann'), client(server, 'ann-1'));
      expect(await tab.waitForEvent('error')).toBe('server-error: Authorisation is out of reach, try again later');
      await until(60_000, 'a line in the log', () => (server.output.includes('ECONNREFUSED') ? true : undefined));
      expect(server.output).toContain('authorizer-lost');
    });

    it('A9: a backend that does not answer in time counts as away', async () => {
      const { server } = await start(() => undefined, { auth_timeout: 100 });
      const socket = await server.connect({ id: 'ann', token: 'ann-1' });
      expect(await socket.receive()).toEqual(error('Authorisation is out of reach, try again later'));
      expect(await socket.closed()).toMatchObject({ code: 1013 });
    });

    it('A9: an answer of another form opens no connection, and the log names the member', async () => {
      const answer = { allow: true, ids: 'ann' } as unknown as AuthorizeAnswer;
      const { server } = await start((_, response) => send(response, answer));
      const socket = await server.connect({ id: 'ann', token: 'ann-1' });
      expect(await socket.receive()).toEqual(error('Authorisation is out of reach, try again later'));
      await until(60_000, 'a line in the log', () => (server.output.includes('ids must be a list') ? true : undefined));
      expect(server.output).not.toContain('ann-1');
    });

    it('O14: frames that a client sends while the backend decides are kept', async () => {
      const release: (() => void)[] = [];
      const { server } = await start((request, response) => {
        if (request.token === 'bob-1') byToken(request, response);
        else release.push(() => byToken(request, response));
      });
      const [annId, bobId] = [uniqueName('ann'), uniqueName('bob')];
      const bob = await server.connect({ id: bobId, token: 'bob-1' });
      expect(await bob.receive()).toEqual({ type: 'OPEN' });
      const ann = await server.connect({ id: annId, token: 'ann-1' });
      for (const payload of ['one', 'two']) ann.sendOffer(bobId, payload);
      await ann.waitUntilReadOrClosed();
      (await until(60_000, 'a request to the backend', () => release[0]))();
      expect(await ann.receive()).toEqual({ type: 'OPEN' });
      const offers = await bob.receiveMany(2);
      expect(offers).toMatchObject([
        { src: annId, payload: 'one' },
        { src: annId, payload: 'two' },
      ]);
    });

    it('A3, A9: the backend limits ids and realms', async () => {
      const { server } = await start(byToken, { key: ['peerjs', 'other'] });
      const wrongId = await server.connect({ id: 'ann', token: 'team' });
      expect(await wrongId.receive()).toEqual(error('This token is not for the id ann'));
      const wrongRealm = await server.connect({ id: 'team-1', token: 'team', key: 'other' });
      expect(await wrongRealm.receive()).toEqual(error('This token is not for this key'));
      expect(await (await server.connect({ id: 'team-1', token: 'team' })).receive()).toEqual({ type: 'OPEN' });
    });

    it('A9: the backend limits the rate of a client', async () => {
      const { server } = await start(byToken, { message_burst: 5, on_flood: 'pause' });
      const bob = await server.connect({ id: uniqueName('bob'), token: 'bob-1' });
      const slow = await server.connect({ id: uniqueName('slow'), token: 'slow' });
      await Promise.all([bob.receive(), slow.receive()]);
      for (let n = 0; n < 200; n++) slow.sendOffer(bob.id, 'slow');
      for (let n = 0; n < 50; n++) bob.sendOffer(bob.id, 'unlimited');
      const payloads: unknown[] = [];
      while (payloads.filter((payload) => payload === 'unlimited').length < 50) payloads.push((await bob.receive())['payload']);
      expect(payloads.length).toBeLessThan(150);
    });

    it('A4, A9: a user takes its id back with another token, and no other user gets it', async () => {
      const { server } = await start(byToken);
      const [user, id] = [await newUser(), uniqueName('ann')];
      const first = await user.openConnectedTab(id, client(server, 'ann-1'));
      const thief = await user.openTab(id, client(server, 'bob-1'));
      expect(await thief.waitForEvent('error')).toBe(`unavailable-id: ID "${id}" is taken`);
      await user.openConnectedTab(id, client(server, 'ann-2'));
      await first.waitForEvent('disconnected');
    });

    it('A9: the backend decides about streams and updates of Mercure, and about clients of Socket.IO', async () => {
      const { server, backend } = await start(byToken, { dialects: ['peerjs', 'mercure', 'socketio'] });
      const hub = `http://${server.host}:${server.port}/.well-known/mercure`;
      const ask = (token: string, init: RequestInit = {}): Promise<Response> =>
        fetch(`${hub}?topic=a`, { ...init, headers: { authorization: `Bearer ${token}` } });
      const [stream, denied] = await Promise.all([ask('ann-1'), ask('gone')]);
      expect([stream.status, denied.status]).toEqual([200, 403]);
      const update = { method: 'POST', body: new URLSearchParams({ topic: 'a', data: 'hello' }) };
      expect([(await ask('gone', update)).status, (await ask('ann-1', update)).status]).toEqual([403, 200]);
      const reader = stream.body?.getReader();
      let text = '';
      while (!text.includes('hello')) text += Buffer.from((await reader?.read())?.value ?? []).toString();
      await reader?.cancel();
      const outcome = (token: string): Promise<unknown> => {
        const socket = io(`http://${server.host}:${server.port}`, { forceNew: true, reconnection: false, auth: { token } });
        onTestFinished(() => void socket.close());
        return new Promise((resolve) => {
          socket.once('connect', () => resolve('connected'));
          socket.once('connect_error', (refusal: Error & { data?: unknown }) => resolve(refusal.data));
        });
      };
      const refusal = { code: 4403, text: 'Your account is closed: write to help@example.org' };
      expect([await outcome('ann-1'), await outcome('gone')]).toEqual(['connected', refusal]);
      const dialects = new Set(backend.received.map(({ request }) => request.dialect));
      expect([...dialects].sort()).toEqual(['mercure', 'socketio']);
    });

    it('A8: after failed authentications, an address receives 429 before the handshake, also on /ice', async () => {
      const { server } = await start(byToken, { auth_failures_per_minute: 3, stun: 'stun:stun.example.org' });
      for (let n = 0; n < 3; n++) {
        const socket = await server.connect({ id: 'nobody', token: `guess-${n}` });
        await socket.closed();
      }
      const refusal = await server.connect({ id: 'ann', token: 'ann-1' }).catch((reason: unknown) => reason);
      expect(refusal).toBeInstanceOf(HandshakeRefused);
      expect(refusal).toMatchObject({ status: 429 });
      expect(await server.request('peerjs/ice?id=ann&token=ann-1')).toMatchObject({ status: 429 });
      const limit = 'auth_failures_per_minute';
      await until(60_000, 'the limit in the log', () => (server.output.includes(limit) ? true : undefined));
    });
  });
}

function client({ host, port, path, key, secure }: Server, token: string): ClientOptions {
  return { host, port, path, key, secure, token };
}

function error(text: string): object {
  return { type: 'ERROR', payload: { msg: text } };
}
