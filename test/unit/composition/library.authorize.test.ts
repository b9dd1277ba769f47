import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { describe, expect, expectTypeOf, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import {
  createBroker,
  ExpressPeerServer,
  PeeroServer,
  PeerServer,
  type Authorize,
  type AuthorizeAnswer,
  type AuthorizeRequest,
  type BrokerOptions,
} from '../../../src/composition/library.ts';

const LOOPBACK = { port: 0, host: '127.0.0.1', transport: 'node' } as const;

/** Admits the token `good`. */
const authorize: Authorize = ({ token }): AuthorizeAnswer =>
  token === 'good' ? { allow: true, user: '42' } : { allow: false, message: 'Sign in first' };

/** The first frame, or the close code if there is none. */
function answerOf(port: number, token: string, path = '/peerjs'): Promise<string> {
  const query = new URLSearchParams({ key: 'peerjs', id: 'ann', token }).toString();
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}?${query}`);
  onTestFinished(() => socket.terminate());
  return new Promise((resolve, reject) => {
    socket.once('message', (bytes: Buffer) => resolve(bytes.toString()));
    socket.once('close', (code) => resolve(String(code)));
    socket.once('error', reject);
  });
}

const OPEN = '{"type":"OPEN"}';
const DENIED = '{"type":"ERROR","payload":{"msg":"Sign in first"}}';

describe('the function authorize', () => {
  it('A9: has the types of the request and the answer', () => {
    expectTypeOf<Parameters<NonNullable<BrokerOptions['authorize']>>>().toEqualTypeOf<[AuthorizeRequest, AbortSignal]>();
    expectTypeOf<{ allow: true; user: string; ids: string[] }>().toExtend<AuthorizeAnswer>();
    expectTypeOf<{ allow: true; ids: string }>().not.toExtend<AuthorizeAnswer>();
    expectTypeOf<{ allow: string }>().not.toExtend<AuthorizeAnswer>();
    expectTypeOf<AuthorizeRequest['token']>().toEqualTypeOf<string | null>();
  });

  it('A9: decides for createBroker, and makes authentication required', async () => {
    const requests: AuthorizeRequest[] = [];
    const broker = createBroker({
      ...LOOPBACK,
      authorize: async (request, signal) => {
        requests.push(request);
        return authorize(request, signal);
      },
    });
    onTestFinished(() => broker.close());
    const { port } = await broker.listen();
    expect([broker.config.auth, await answerOf(port, 'good'), await answerOf(port, 'bad')]).toEqual(['required', OPEN, DENIED]);
    expect(requests[0]).toEqual({
      ...{ version: 1, dialect: 'peerjs', realm: 'peerjs', id: 'ann', token: 'good' },
      ...{ address: '127.0.0.1', origin: null, headers: {} },
    });
  });

  it('A9: decides for PeerServer', async () => {
    const port = await new Promise<number>((resolve) => {
      const handler = PeerServer({ port: 0, host: '127.0.0.1', authorize }, (server) =>
        resolve((server.address() as AddressInfo).port),
      );
      onTestFinished(() => handler.stop());
    });
    expect([await answerOf(port, 'good'), await answerOf(port, 'bad')]).toEqual([OPEN, DENIED]);
  });

  it('A9: decides for ExpressPeerServer', async () => {
    const server = createServer();
    const handler = ExpressPeerServer(server, { authorize });
    onTestFinished(async () => {
      await handler.stop();
      server.close();
    });
    server.on('request', handler).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    expect([await answerOf(port, 'good'), await answerOf(port, 'bad')]).toEqual([OPEN, DENIED]);
  });

  it('A9: decides for PeeroServer', async () => {
    const server = new PeeroServer({ ...LOOPBACK, authorize });
    onTestFinished(() => server.close());
    const port = await server.run();
    expect(JSON.parse(await answerOf(port, 'good', '/'))).toMatchObject({ type: 'hello' });
    expect(await answerOf(port, 'bad', '/')).toBe('4403');
  });

  it('A9: an exception refuses the client', async () => {
    const events: unknown[] = [];
    const broker = createBroker({
      ...LOOPBACK,
      log: { record: (event) => void events.push(event) },
      authorize: () => {
        throw new Error('secret');
      },
    });
    onTestFinished(() => broker.close());
    const { port } = await broker.listen();
    expect(await answerOf(port, 'good')).toContain('Authorisation is out of reach, try again later');
    expect(events).toContainEqual(expect.objectContaining({ event: 'authorizer-lost', authorizer: 'function' }));
    expect(JSON.stringify(events)).not.toContain('secret');
  });

  it('A9: an open broker has no use for it, and another type is refused', () => {
    expect(() => createBroker({ auth: 'open', authorize })).toThrow('authorize has no effect while auth is open');
    expect(() => createBroker({ authorize: 'ann' as never })).toThrow("authorize is 'ann'; it must be a function");
    expect(() => PeerServer({ port: 0, authorize: {} as never })).toThrow('authorize is {}; it must be a function');
    expect(() => new PeeroServer({ authorize: 1 as never })).toThrow('authorize is 1; it must be a function');
  });
});
