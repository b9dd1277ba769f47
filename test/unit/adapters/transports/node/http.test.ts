import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { BodyPieces } from '../../../../../src/adapters/transports/shared/body-pieces.ts';
import { NodeExchange, NodeRequest } from '../../../../../src/adapters/transports/node/http.ts';
import { HttpConnection } from '../../../../../src/adapters/transports/node/http-connection.ts';

function incoming(fields: Partial<IncomingMessage> & { originalUrl?: string }): IncomingMessage {
  return Object.assign(new IncomingMessage(new Socket()), fields);
}

describe('a request of node:http', () => {
  it('has its complete target, even if a framework removed a part', () => {
    const request = new NodeRequest(incoming({ method: 'GET', url: '/id?ts=1', originalUrl: '/mount/id?ts=1' }));
    expect([request.path, request.query]).toEqual(['/mount/id', 'ts=1']);
  });

  it('may have another path', () => {
    const request = new NodeRequest(incoming({ method: 'GET', url: '/mount/id?ts=1' }), '/id');
    expect([request.path, request.query]).toEqual(['/id', 'ts=1']);
  });

  it('has only headers that were sent', () => {
    const request = new NodeRequest(incoming({ headers: { origin: 'http://a.example', 'set-cookie': ['a', 'b'] } }));
    expect(['origin', 'set-cookie', 'constructor', '__proto__'].map((name) => request.header(name))).toEqual([
      'http://a.example',
      'a, b',
      undefined,
      undefined,
    ]);
  });

  it('has no address after the client has disconnected', () => {
    expect(new NodeRequest(incoming({})).remoteAddress).toBe('');
  });
});

const HOST = {
  responseTimeout: 1_000,
  keepsAlive: () => true,
  stream: () => undefined,
  inTurn: (task: () => void) => task(),
  spend: () => undefined,
  abandoned: () => undefined,
  bodyPieces: new BodyPieces(),
};

it('an exchange does nothing after the client has disconnected', () => {
  const raw = incoming({ method: 'GET', url: '/' });
  const response = new ServerResponse(raw);
  const exchange = new NodeExchange(
    raw,
    { response, connection: new HttpConnection(raw.socket, 1_000) },
    new NodeRequest(raw),
    HOST,
  );
  response.destroy();
  exchange.respond({ status: 200, headers: [['vary', 'Origin']], body: 'not sent' });
  expect([response.headersSent, response.hasHeader('vary')]).toEqual([false, false]);
});
