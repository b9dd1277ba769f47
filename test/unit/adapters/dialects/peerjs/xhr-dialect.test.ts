import { describe, expect, it } from 'vitest';
import type { MemoryClient } from '../../../../../src/adapters/transports/memory/listener.ts';
import type { Config } from '../../../../../src/composition/configuration/config.ts';
import { TestBroker } from '../../../../support/test-broker.ts';

const PADDING = '0'.repeat(2048);

class LegacyBroker extends TestBroker {
  constructor(config: Partial<Config> = {}) {
    super({ legacyXhr: true, ...config });
  }

  openStream(id: string, token = 't', key = 'peerjs'): MemoryClient {
    return this.transport.stream('POST', `/${key}/${id}/${token}/id?i=0`);
  }

  post(id: string, kind: string, message?: object, token = 't'): number | undefined {
    const exchange = this.transport.request('POST', `/peerjs/${id}/${token}/${kind}`, {
      body: message === undefined ? '' : JSON.stringify(message),
    });
    this.transport.settle();
    return exchange.answered?.status;
  }
}

/** The received lines, with the padding as one word. */
const lines = ({ received }: MemoryClient): string[] => received.join('').replace(PADDING, 'padding').split('\n').slice(0, -1);
const OFFER = { type: 'OFFER', dst: 'ann', payload: 1 };

describe('the XHR API of PeerJS 0.3', () => {
  it('X1: returns an id as text', () => {
    expect(new LegacyBroker().transport.http('GET', '/peerjs/id?ts=1')).toMatchObject({ status: 200, body: 'fresh' });
  });

  it('X2: sends padding, OPEN, and one message on each line, at intervals', () => {
    const broker = new LegacyBroker();
    const ann = broker.openStream('ann');
    expect([ann.head?.status, lines(ann)]).toEqual([200, ['padding']]);
    broker.advance(60);
    expect(lines(ann)).toEqual(['padding', '{"type":"OPEN"}']);
    const bob = broker.connectPeer('bob');
    bob.sendOffer('ann', 1);
    bob.sendOffer('ann', 2);
    broker.advance(60);
    expect(lines(ann).length).toBe(3);
    broker.advance(60);
    expect(
      lines(ann)
        .slice(2)
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([
      { ...OFFER, src: 'bob' },
      { ...OFFER, src: 'bob', payload: 2 },
    ]);
    expect(ann.received.join('')).not.toContain('\n\n');
  });

  it('X3: refuses another token and a wrong key', () => {
    const broker = new LegacyBroker();
    broker.openStream('ann');
    const other = broker.openStream('ann', 'his');
    broker.advance(100);
    expect([lines(other), other.state]).toEqual([['padding', '{"type":"HTTP-ERROR"}'], 'closed']);
    expect(broker.openStream('ann', 't', 'nonsense').refusal).toMatchObject({ status: 200, body: '{"type":"HTTP-ERROR"}' });
  });

  it('X4: a second request with the same token replaces the stream; only the end of the last stream frees the id', () => {
    const broker = new LegacyBroker();
    const first = broker.openStream('ann');
    broker.advance(100);
    const second = broker.openStream('ann');
    broker.advance(100);
    first.cut();
    broker.connectPeer('bob').sendOffer('ann', 1);
    broker.advance(100);
    expect([lines(first), lines(second).length, lines(second)[0]]).toEqual([['padding', '{"type":"OPEN"}'], 2, 'padding']);
    second.cut();
    expect(broker.connectPeer('ann', { token: 'new' }).client.state).toBe('open');
  });

  it('X5: a socket takes over: the stream ends, and the socket receives messages without a second OPEN', () => {
    const broker = new LegacyBroker();
    const stream = broker.openStream('ann');
    broker.advance(100);
    const socket = broker.connectPeer('ann');
    broker.connectPeer('bob').sendOffer('ann', 1);
    broker.advance(100);
    expect([stream.state, lines(stream).length]).toEqual(['closed', 2]);
    expect(socket.client.received.map((text) => JSON.parse(text) as unknown)).toEqual([{ ...OFFER, src: 'bob' }]);
  });

  it('X5: a stream after the socket receives only padding, has no effect when it ends, and is closed after a while', () => {
    const broker = new LegacyBroker();
    const socket = broker.connectPeer('ann');
    const [stream, other] = [broker.openStream('ann'), broker.openStream('ann')];
    stream.cut();
    broker.connectPeer('bob').sendOffer('ann', 1);
    broker.advance(40_000);
    expect([lines(stream), other.state, socket.client.state, socket.received]).toEqual([
      ['padding'],
      'closed',
      'open',
      [{ ...OFFER, src: 'bob' }],
    ]);
  });

  it('X6: accepts messages by POST, with the id of the path as sender', () => {
    const broker = new LegacyBroker();
    const bob = broker.connectPeer('bob');
    broker.openStream('ann');
    const offer = { type: 'OFFER', src: 'eve', dst: 'bob', payload: 1 };
    expect([
      broker.post('ann', 'offer', offer),
      broker.post('ann', 'offer', offer, 'his'),
      broker.post('eve', 'offer', offer),
    ]).toEqual([200, 401, 401]);
    expect(bob.received).toEqual([{ type: 'OFFER', src: 'ann', dst: 'bob', payload: 1 }]);
    expect([broker.post('ann', 'leave'), broker.post('ann', 'offer', offer)]).toEqual([200, 401]);
  });

  it('X6: lets a page of another origin post JSON', () => {
    const preflight = new LegacyBroker().transport.http('OPTIONS', '/peerjs/ann/t/offer', {
      headers: { origin: 'https://a.test', 'access-control-request-headers': 'content-type' },
    });
    const headers = new Map(preflight.headers);
    expect([headers.get('access-control-allow-methods'), headers.get('access-control-allow-headers')]).toEqual([
      'POST',
      'content-type',
    ]);
  });

  it('X7: keeps streams open, and sockets that answer pings', () => {
    const broker = new LegacyBroker({ pingInterval: 30_000, sweepInterval: 1 });
    const [stream, socket, silent] = [broker.openStream('ann'), broker.connectPeer('bob'), broker.connectPeer('eve')];
    silent.client.answersPings = false;
    for (let minute = 0; minute < 5; minute++) broker.advance(30_000);
    expect([stream.state, socket.client.state, silent.closeCode]).toEqual(['open', 'open', 4002]);
  });

  it('M16: notifies the sender of a message that waited when the stream was cut', () => {
    const broker = new LegacyBroker();
    const ann = broker.openStream('ann');
    const bob = broker.connectPeer('bob');
    bob.sendOffer('ann', 1);
    ann.cut();
    expect(bob.received).toEqual([{ type: 'LEAVE', src: 'ann', dst: 'bob' }]);
  });

  it('X8: answers 404 that a page can read if the routes are off', () => {
    const answer = new TestBroker().transport.http('POST', '/peerjs/ann/t/id?i=0', { headers: { origin: 'https://a.test' } });
    expect([answer.status, new Map(answer.headers).get('access-control-allow-origin')]).toEqual([404, 'https://a.test']);
  });
});
