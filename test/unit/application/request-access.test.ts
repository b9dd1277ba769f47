import { beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../../../src/adapters/clocks/manual.ts';
import type { Wakeup } from '../../../src/application/ports/clock.ts';
import type { Millis } from '../../../src/domain/time.ts';
import type { Config } from '../../../src/composition/configuration/config.ts';
import { ScriptedAuthorizer } from '../../support/scripted-authorizer.ts';
import { TestBroker } from '../../support/test-broker.ts';

/** Counts the wake-ups that are due later. */
class CountingClock extends ManualClock {
  wakeups = 0;

  override wakeAt(at: Millis, wake: () => void): Wakeup {
    this.wakeups += 1;
    let isOver = false;
    const end = (): void => {
      if (!isOver) this.wakeups -= 1;
      isOver = true;
    };
    const wakeup = super.wakeAt(at, () => {
      end();
      wake();
    });
    return {
      cancel() {
        end();
        wakeup.cancel();
      },
    };
  }
}

let authorizer: ScriptedAuthorizer;
let broker: TestBroker;

function start(config: Partial<Config> = {}): void {
  authorizer = new ScriptedAuthorizer();
  broker = new TestBroker(config, { authorizer });
}
beforeEach(() => start());

/** The last message to a client, and the close code. */
function ends(id: string, token: string, key?: string): [string | undefined, number | undefined] {
  const { client } = broker.connectPeer(id, { token, ...(key === undefined ? {} : { key }) });
  return [client.received.at(-1), client.closed?.code];
}

const error = (msg: string): string => JSON.stringify({ type: 'ERROR', payload: { msg } });

describe('a peer that connects', () => {
  it('A2: is described to the authorizer with its headers', () => {
    authorizer.grant('t');
    const headers = { authorization: 'Basic YTpi', cookie: 'a=b', origin: 'https://app.example.org' };
    broker.transport.connect({ path: '/peerjs', query: 'key=peerjs&id=ann&token=t', address: '192.0.2.7', headers });
    expect(authorizer.requests).toEqual([
      {
        ...{ dialect: 'peerjs', realm: 'peerjs', id: 'ann', token: 't', address: '192.0.2.7' },
        ...{ origin: 'https://app.example.org', headers: { authorization: 'Basic YTpi', cookie: 'a=b' } },
      },
    ]);
  });

  it('A2: gives the token of the header precedence', () => {
    authorizer.grant('jwt');
    const headers = { authorization: 'Bearer jwt' };
    const { received } = broker.transport.connect({ path: '/peerjs', query: 'key=peerjs&id=ann&token=t', headers });
    expect(received).toEqual(['{"type":"OPEN"}']);
  });

  it('A11: may have its token in a subprotocol, after the header and the query', () => {
    const tokenOf = (token: string, authorization = ''): string | undefined => {
      const headers = { 'sec-websocket-protocol': 'chat, bearer.a.b', authorization };
      broker.transport.connect({ path: '/peerjs', query: `key=peerjs&id=ann${token}`, headers });
      return authorizer.requests.at(-1)?.token;
    };
    expect([tokenOf(''), tokenOf('&token='), tokenOf('&token=t')]).toEqual(['a.b', 'a.b', 't']);
    expect(tokenOf('', 'Bearer jwt')).toBe('jwt');
  });

  it('A3: needs a grant for its realm and its id', () => {
    start({ keys: ['peerjs', 'red'] });
    authorizer.grant('t', { realms: ['peerjs'], ids: ['ann'] });
    expect(ends('ann', 't', 'red')).toEqual([error('This token is not for this key'), 1008]);
    expect(ends('bob', 't')).toEqual([error('This token is not for the id bob'), 1008]);
    expect(ends('ann', 't')).toEqual(['{"type":"OPEN"}', undefined]);
  });

  it('A3: does not get a reserved id', () => {
    authorizer.grant('t', { reservedIds: ['ann*'] });
    expect(ends('anna', 't')).toEqual(['{"type":"ID-TAKEN","payload":{"msg":"ID is taken"}}', 1008]);
  });

  it('A4: takes its id over with another token of the same owner, and with no other token', () => {
    authorizer.grant('first', { owner: 'j:issuer\0ann' });
    authorizer.grant('second', { owner: 'j:issuer\0ann' });
    authorizer.grant('other', { owner: 'j:issuer\0eve' });
    authorizer.grant('j:issuer\0ann');
    const old = broker.connectPeer('ann', { token: 'first' });
    for (const token of ['other', 'j:issuer\0ann']) {
      expect(broker.connectPeer('ann', { token, address: '192.0.2.9' }).closeCode, token).toBe(1008);
    }
    expect(old.client.state).toBe('open');
    const young = broker.connectPeer('ann', { token: 'second' });
    expect([old.closeCode, young.client.state]).toEqual([4001, 'open']);
  });

  it('A6: is refused on its socket, and the refusal is logged without the token', () => {
    authorizer.refuse('secret', { reason: 'token-invalid', detail: 'signature' });
    expect(ends('ann', 'secret')).toEqual([error('Invalid token'), 1008]);
    expect(broker.events.at(-2)).toMatchObject({ event: 'connection-refused', id: 'ann', refusal: { detail: 'signature' } });
    expect(JSON.stringify(broker.events)).not.toContain('secret');
  });

  it('A6: frees the id of a refused peer', () => {
    expect(ends('ann', 'wrong')[1]).toBe(1008);
    authorizer.grant('right');
    expect(ends('ann', 'right')).toEqual(['{"type":"OPEN"}', undefined]);
  });

  it('O14: may send before a slow authorizer answers, and is handled afterwards', () => {
    authorizer.grant('t');
    const bob = broker.connectPeer('bob');
    authorizer.isSlow = true;
    const ann = broker.connectPeer('ann');
    ann.sendOffer('bob', 'early');
    expect([ann.client.received, bob.received]).toEqual([[], []]);
    authorizer.answerAll();
    expect(ann.client.received).toEqual(['{"type":"OPEN"}']);
    expect(bob.received).toMatchObject([{ type: 'OFFER', src: 'ann', payload: 'early' }]);
  });

  it('A6: may disconnect before a slow authorizer answers', () => {
    authorizer.grant('t');
    authorizer.isSlow = true;
    broker.connectPeer('ann').client.cut();
    broker.transport.settle();
    authorizer.answerAll();
    expect(broker.eventNames).not.toContain('peer-opened');
    authorizer.isSlow = false;
    expect(ends('ann', 't')).toEqual(['{"type":"OPEN"}', undefined]);
  });
});

describe('an open peer', () => {
  it('A5: is told and closed when its grant expires, and not earlier', () => {
    authorizer.grant('t', { lifetime: 10_000 });
    const ann = broker.connectPeer('ann');
    broker.advance(9_999);
    ann.send({ type: 'HEARTBEAT' });
    expect(ann.client.state).toBe('open');
    broker.advance(2_000);
    expect([ann.client.received.at(-1), ann.closeCode]).toEqual([error('Token expired'), 4003]);
  });

  it('A5: has no timer of its own: 500 expiries need no more wake-ups than one, and each is in time', () => {
    const pending = (peers: number): { ends: (number | undefined)[][]; wakeups: number } => {
      const clock = new CountingClock();
      authorizer = new ScriptedAuthorizer();
      broker = new TestBroker({}, { authorizer, clock });
      const opened = Array.from({ length: peers }, (_, n) => {
        authorizer.grant(`t-${n}`, { lifetime: 60_000 + n * 100 });
        return broker.connectPeer(`peer-${n}`, { token: `t-${n}` });
      });
      const { wakeups } = clock;
      const ends = opened.map(() => [] as (number | undefined)[]);
      for (let second = 0; second < 120; second++) {
        for (const peer of opened) if (peer.closeCode === undefined) peer.send({ type: 'HEARTBEAT' });
        clock.advance(1_000);
        for (const [n, { closeCode }] of opened.entries()) {
          if (closeCode !== undefined && ends[n]?.length === 0) ends[n].push(clock.now(), closeCode);
        }
      }
      return { ends, wakeups };
    };
    const [one, many] = [pending(1), pending(500)];
    expect(many.wakeups).toBe(one.wakeups);
    for (const [n, [at = 0, code]] of many.ends.entries()) {
      const late = at - (60_000 + n * 100);
      expect([n, code, late >= 0 && late <= 2_000]).toEqual([n, 4003, true]);
    }
  });

  it('M19: has the rate limit of its grant if that is lower, also after a reconnect', () => {
    start({ messagesPerSecond: 10, messageBurst: 5, onFlood: 'close' });
    authorizer.grant('slow', { messagesPerSecond: 1 });
    authorizer.grant('fast', { messagesPerSecond: 1_000 });
    const burst = (token: string, messages: number): number | undefined => {
      const peer = broker.connectPeer(token, { token });
      for (let n = 0; n < messages; n++) peer.send({ type: 'HEARTBEAT' });
      return peer.closeCode;
    };
    expect([burst('slow', 5), burst('fast', 5)]).toEqual([undefined, undefined]);
    broker.advance(200);
    expect([burst('slow', 1), burst('fast', 2)]).toEqual([1008, undefined]);
    expect(burst('fast', 2)).toBe(1008);
  });
});

describe('an HTTP request', () => {
  it('H4, A6: lists peers only with a grant for it', () => {
    start({ allowDiscovery: true });
    authorizer.grant('lists', { mayDiscover: true });
    authorizer.grant('connects', { mayDiscover: false });
    authorizer.refuse(undefined, { reason: 'token-missing' });
    broker.connectPeer('ann', { token: 'connects' });
    const list = (query: string, headers = {}) => broker.transport.http('GET', `/peerjs/peers${query}`, { headers });
    expect([list('').status, list('?token=connects').status, list('?token=wrong').status]).toEqual([401, 403, 401]);
    expect([list('?token=lists').body, list('', { authorization: 'Bearer lists' }).body]).toEqual(['["ann"]', '["ann"]']);
  });

  it('A6: names the cause in the header www-authenticate', () => {
    start({ allowDiscovery: true });
    authorizer.refuse(undefined, { reason: 'token-missing' });
    const challenge = (query: string) =>
      broker.transport.http('GET', `/peerjs/peers${query}`).headers.find(([name]) => name === 'www-authenticate')?.[1];
    expect([challenge(''), challenge('?token=wrong')]).toEqual(['Bearer', 'Bearer error="invalid_token"']);
  });

  it('A6: is answered with 503 while the authorizer is unreachable', () => {
    start({ allowDiscovery: true });
    authorizer.refuse('t', { reason: 'authorizer-unreachable' });
    expect(broker.transport.http('GET', '/peerjs/peers?token=t').status).toBe(503);
  });

  it('I3: receives ICE servers with a token that proves an owner, without an open peer', () => {
    start({ turn: ['turn:turn.example.org'], turnSecret: ['a secret of the tests'], iceRateLimit: 0 });
    authorizer.grant('hers', { owner: 'j:issuer\0ann' });
    authorizer.grant('refreshed', { owner: 'j:issuer\0ann' });
    authorizer.grant('guest');
    authorizer.grant('no-ice', { owner: 'j:issuer\0bob', mayUseIce: false });
    const at = (token: string) => broker.transport.http('GET', `/peerjs/ice?token=${token}`);
    const user = (token: string) => /"username":"\d+:([^"]+)"/.exec(at(token).body)?.[1];
    expect(['hers', 'guest', 'no-ice', 'wrong'].map((token) => at(token).status)).toEqual([200, 401, 403, 401]);
    expect(user('hers')).toBe(user('refreshed'));
  });

  it('I3: of an open peer without the right to ICE servers is refused', () => {
    start({ stun: ['stun:stun.example.org'] });
    authorizer.grant('t', { mayUseIce: false });
    broker.connectPeer('ann');
    expect(broker.transport.http('GET', '/peerjs/ice?id=ann&token=t').status).toBe(403);
  });
});

describe('a grant with topics', () => {
  function relays(token: string) {
    const client = broker.transport.connect({ path: '/relay', query: `token=${token}` });
    const say = (message: unknown): void => client.send(JSON.stringify(message));
    return {
      ...{ client, say },
      received: () => client.received.map((text) => (JSON.parse(text) as { data?: unknown }).data),
    };
  }
  beforeEach(() => {
    start({ dialects: ['peerjs', 'relay', 'peero'] });
    authorizer.grant('all');
    authorizer.grant('some', { topics: { publish: ['news'], subscribe: ['room-*'] } });
  });

  it('A3: limits subscriptions', () => {
    const [some, all] = [relays('some'), relays('all')];
    some.say({ type: 'subscribe', topics: ['room-1'] });
    some.say({ type: 'subscribe', topics: ['room-2', 'news'] });
    for (const topic of ['room-1', 'room-2', 'news']) all.say({ type: 'publish', topic, data: topic });
    expect(some.received()).toEqual(['room-1']);
    expect(broker.counts()).toMatchObject({ 'ignored:not-allowed': 1 });
  });

  it('A3: limits publications', () => {
    const [some, all] = [relays('some'), relays('all')];
    all.say({ type: 'subscribe', topics: ['news', 'room-1'] });
    for (const topic of ['room-1', 'news', 'newsroom']) some.say({ type: 'publish', topic, data: topic });
    expect(all.received()).toEqual(['news']);
    expect(broker.counts()).toMatchObject({ 'ignored:not-allowed': 2 });
  });

  it('A3: limits the topic of a connect request', () => {
    const closeCode = (topic: string) =>
      broker.transport.connect({ path: '/peero', query: `token=some&topic=${topic}` }).closed?.code;
    expect([closeCode('news'), closeCode('room-1')]).toEqual([4403, undefined]);
  });
});
