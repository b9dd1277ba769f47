import { describe, expect, it } from 'vitest';
import type { VerifiedToken } from '../../../../../src/application/ports/authenticator.ts';
import type { BrokerEnvironment } from '../../../../../src/composition/broker-environment.ts';
import type { AccessOutcome, AccessRequest, Authorizer } from '../../../../../src/application/ports/authorizer.ts';
import { OPEN_GRANT, type Grant } from '../../../../../src/domain/grant.ts';
import type { AccessRefusal } from '../../../../../src/domain/refusal.ts';
import { accepted, refused } from '../../../../../src/domain/result.ts';
import { CentrifugeBroker } from '../../../../support/centrifuge-broker.ts';
import { hmacToken, NOW, SECRET } from '../../../../support/tokens.ts';

const error = (id: number, code: number, message: string): object => ({ id, error: { code, message } });

describe('a Centrifuge client', () => {
  it('CF3, CF5: connects, and learns its id and the interval of pings', () => {
    const ann = new CentrifugeBroker().join();
    expect(ann.received).toEqual([{ id: 1, connect: { client: 'id1', ping: 30, pong: true } }]);
  });

  it('CF1, CF4, CF6: sends several commands in one frame, and receives the replies in order', () => {
    const ann = new CentrifugeBroker().open();
    ann.client.send('{"id":1,"connect":{}}\n{"id":2,"subscribe":{"channel":"a"}}\n{"id":3,"rpc":{}}\n');
    expect(ann.received.slice(1)).toEqual([{ id: 2, subscribe: {} }, error(3, 108, 'not available')]);
  });

  it('CF7, CF8: publishes to all subscribers, the publisher included, and before its reply', () => {
    const broker = new CentrifugeBroker();
    const [ann, bob, eve] = [broker.join('garden'), broker.join('garden', 'house'), broker.join()];
    ann.publish('garden', { rain: [1] });
    const push = { push: { channel: 'garden', pub: { data: { rain: [1] } } } };
    expect(ann.received.slice(2)).toEqual([push, { id: 3, publish: {} }]);
    expect([bob.last, eve.received.length]).toEqual([push, 1]);
    bob.send(['unsubscribe', { channel: 'garden' }], ['unsubscribe', { channel: 'never' }]);
    eve.publish('garden', 2);
    expect(bob.received.slice(-2)).toEqual([
      { id: 4, unsubscribe: {} },
      { id: 5, unsubscribe: {} },
    ]);
    expect(ann.pushes.at(-1)).toEqual(['garden', 2]);
  });

  it('CF6: ignores offers, refuses another type of subscription, and allows a repeated subscribe', () => {
    const ann = new CentrifugeBroker().join();
    ann.send(['subscribe', { channel: 'a', flag: 3, delta: 'fossil', token: 't', join_leave: true }]);
    ann.send(['subscribe', { channel: 'a' }], ['subscribe', { channel: 'b', type: 1 }]);
    expect(ann.received.filter((one) => Object.hasOwn(one as object, 'id')).slice(1)).toEqual([
      ...[{ id: 2, subscribe: {} }, { id: 3, subscribe: {} }, error(4, 108, 'not available')],
    ]);
    ann.publish('a', 1);
    expect(ann.pushes).toEqual([['a', 1]]);
  });

  it('CF9: is notified that publications may be missing', () => {
    const ann = new CentrifugeBroker().join();
    ann.send(['subscribe', { channel: 'a', recover: true, offset: 3, epoch: 'x' }]);
    expect(ann.last).toEqual({ id: 2, subscribe: { was_recovering: true } });
  });

  it('CF10, CF12: receives an error for each command that is not served', () => {
    const ann = new CentrifugeBroker().join();
    ann.send(['history', { channel: 'a' }], ['rpc', { method: 'a' }], ['dance', {}]);
    expect(ann.received.slice(1)).toEqual([
      error(2, 108, 'not available'),
      error(3, 108, 'not available'),
      error(4, 104, 'method not found'),
    ]);
    expect(ann.client.state).toBe('open');
  });

  it('CF15: receives an error for an unusable channel, and for too many channels', () => {
    const ann = new CentrifugeBroker({ topicLength: 5, topicsPerConnection: 1 }).join('a');
    ann.subscribe('too long', 'a'.repeat(256), 'b');
    ann.publish('too long', 1).publish('a'.repeat(256), 1);
    expect(ann.received.slice(2)).toEqual([
      error(3, 107, 'bad request'),
      error(4, 107, 'bad request'),
      error(5, 106, 'limit exceeded'),
      error(6, 107, 'bad request'),
      error(7, 107, 'bad request'),
    ]);
  });

  it.each(['{"id":2,"publish":{}}', '\n', '{}\n\n{}', '{"id":3}', 'no JSON', ''])('CF2: is closed after %j', (frame) => {
    const broker = new CentrifugeBroker();
    const [ann, bob] = [broker.join(), broker.join('a')];
    ann.client.send(frame);
    expect([ann.closeCode, bob.client.state]).toEqual([3501, 'open']);
  });

  it('CF2: is closed after bytes that are not UTF-8, and nothing behind them is read', () => {
    const ann = new CentrifugeBroker().join();
    ann.client.send(Buffer.concat([Buffer.from('{"id":2,"rpc":{"data":"'), Uint8Array.of(0xff), Buffer.from('"}}')]));
    expect([ann.closeCode, ann.received.length]).toEqual([3501, 1]);
  });

  it('CF2: is closed with a code of its own after send', () => {
    const ann = new CentrifugeBroker().join();
    ann.client.send('{"send":{"data":1}}');
    expect(ann.closeCode).toBe(3508);
  });

  it('CF4: is closed after a command before connect, and after a second connect', () => {
    const broker = new CentrifugeBroker();
    const early = broker.open();
    early.client.send('{"id":1,"subscribe":{"channel":"a"}}\n{"id":2,"connect":{}}');
    expect([early.closeCode, broker.join().connect().closeCode, early.received]).toEqual([3501, 3501, []]);
  });

  it('CF4: is closed if it does not connect in time', () => {
    const broker = new CentrifugeBroker();
    const late = broker.open();
    broker.advance(10_000);
    expect([late.closeCode, late.client.closed?.why]).toEqual([3502, 'stale']);
  });

  it('CF5: receives pings, and is closed if it does not answer', () => {
    const broker = new CentrifugeBroker({ pingInterval: 30_000, aliveTimeout: 60_000, sweepInterval: 1 });
    const [ann, bob] = [broker.join(), broker.join()];
    for (let time = 0; time < 5; time++) {
      broker.advance(30_000);
      ann.client.send('{}');
    }
    expect([ann.client.state, ann.received.length, bob.closeCode]).toEqual(['open', 6, 3012]);
  });

  it('W8, CF15: takes a token of the rate limit for each command', () => {
    const broker = new CentrifugeBroker({ messagesPerSecond: 10, messageBurst: 20 });
    const [ann, bob] = [broker.join(), broker.join()];
    ann.client.send(Array.from({ length: 10 }, (_, id) => `{"id":${id + 2},"rpc":{}}`).join('\n'));
    bob.client.send(Array.from({ length: 500 }, (_, id) => `{"id":${id + 2},"rpc":{}}`).join('\n'));
    expect([ann.client.state, bob.closeCode]).toEqual(['open', 3013]);
  });

  it('M23, CF15: is closed after a frame of more than 2,000 commands, unless it may have more topics', () => {
    const frame = (commands: number): string => Array.from({ length: commands }, () => '{}').join('\n');
    const unlimited = { messagesPerSecond: 1_000_000, messageBurst: 1_000_000 };
    const [ann, bob] = [new CentrifugeBroker(unlimited).join(), new CentrifugeBroker(unlimited).join()];
    const eve = new CentrifugeBroker({ ...unlimited, topicsPerConnection: 2_001 }).join();
    ann.client.send(frame(2_000));
    bob.client.send(frame(2_001));
    eve.client.send(frame(2_001));
    expect([ann.client.state, bob.closeCode, eve.client.state]).toEqual(['open', 3013, 'open']);
  });

  it('CF13: is closed with the codes of the wire at the end', async () => {
    const broker = new CentrifugeBroker();
    const ann = broker.join();
    await broker.close();
    expect([ann.closeCode, ann.client.closed?.why]).toEqual([3001, 'shutdown']);
  });

  it('CF16: meets other clients without its prefix, and receives the channel of its last subscription', () => {
    const broker = new CentrifugeBroker({ centrifugePrefixes: ['peerix:', '', 'peerix:b:'] });
    const [ann, bob, eve] = [broker.join('peerix:garden'), broker.join('garden'), broker.join('peerix:b:garden', 'garden')];
    bob.publish('garden', 1);
    ann.publish('peerix:garden', 2);
    expect(ann.pushes).toEqual([
      ['peerix:garden', 1],
      ['peerix:garden', 2],
    ]);
    expect([bob.pushes, eve.pushes].map((pushes) => pushes.map(([channel]) => channel))).toEqual([
      ['garden', 'garden'],
      ['garden', 'garden'],
    ]);
    ann.send(['unsubscribe', { channel: 'peerix:garden' }]).subscribe('peerix:');
    expect(ann.received.slice(-2)).toEqual([{ id: 4, unsubscribe: {} }, error(5, 107, 'bad request')]);
  });
});

describe('the key of a Centrifuge client', () => {
  it('CF1, CF3: selects the realm, and an unknown one is refused with an error', () => {
    const broker = new CentrifugeBroker({ keys: ['red', 'blue'] });
    const [ann, bob] = [broker.join('a'), broker.open('key=blue').connect().subscribe('a')];
    ann.publish('a', 1);
    expect(bob.pushes).toEqual([]);
    const eve = broker.open('key=green').connect();
    expect([eve.received, eve.closeCode]).toEqual([[error(1, 101, 'Invalid key provided')], 3500]);
  });

  it('CF13: a full realm closes with a code after which clients reconnect', () => {
    const broker = new CentrifugeBroker({ concurrentLimit: 1 });
    broker.join();
    const bob = broker.open().connect();
    expect([bob.received, bob.closeCode]).toEqual([[], 3013]);
  });
});

/** The tokens `publisher`, `subscriber` and `both`, for the topic garden and for one minute. */
const TOKENS: Partial<BrokerEnvironment> = {
  authenticator: {
    verify(token, use, onRefused): VerifiedToken | undefined {
      const claims = { publish: use === 'publisher' ? ['garden'] : [], subscribe: use === 'subscriber' ? ['garden'] : [] };
      if (token === use || token === 'both') return { type: undefined, claims: { mercure: claims }, lifetime: 60_000 };
      onRefused?.(token === 'old' ? { reason: 'token-expired' } : { reason: 'token-invalid', detail: 'signature' });
      return undefined;
    },
  },
};

describe('CF11: the tokens of Mercure', () => {
  const start = (config = {}): CentrifugeBroker =>
    new CentrifugeBroker({ dialects: ['centrifuge', 'mercure'], ...config }, TOKENS);
  const open = (broker: CentrifugeBroker, token?: string): ReturnType<CentrifugeBroker['open']> => broker.open().connect(token);

  it.each([
    [undefined, 101, 'Authentication required', 3500],
    ['wrong', 101, 'Invalid token', 3500],
    ['old', 109, 'Token expired', 3005],
  ])('a client with the token %s is refused', (token, code, text, closeCode) => {
    const ann = open(start(), token);
    expect([ann.received, ann.closeCode]).toEqual([[error(1, code, text)], closeCode]);
  });

  it('limit what a client may publish, and whether it may subscribe', () => {
    const broker = start();
    const [ann, bob] = [open(broker, 'publisher').subscribe('garden'), open(broker, 'subscriber').subscribe('garden')];
    ann.publish('garden', 1).publish('house', 2);
    bob.publish('garden', 3);
    expect(ann.received.slice(1)).toEqual([
      error(2, 103, 'permission denied'),
      { id: 3, publish: {} },
      error(4, 103, 'permission denied'),
    ]);
    expect([bob.pushes, bob.last]).toEqual([[['garden', 1]], error(3, 103, 'permission denied')]);
  });

  it('mercure_open allows everything, and mercure_anonymous allows to subscribe', () => {
    const [open1, anonymous] = [start({ mercureOpen: true }), start({ mercureAnonymous: true })];
    expect(open1.join('house').publish('house', 1).pushes).toEqual([['house', 1]]);
    expect(anonymous.join('house').publish('house', 1).received.slice(1)).toEqual([
      { id: 2, subscribe: {} },
      error(3, 103, 'permission denied'),
    ]);
  });

  it('CF11, MER7: decide who receives private updates', () => {
    const broker = start({ mercureAnonymous: true });
    const [ann, bob] = [open(broker, 'subscriber').subscribe('garden'), broker.open().connect().subscribe('garden')];
    const post = (isPrivate: string): number | undefined => {
      const body = new URLSearchParams({ topic: 'garden', data: 'AQI=', ...(isPrivate !== '' && { private: isPrivate }) });
      const headers = { authorization: 'Bearer publisher', 'content-type': 'application/x-www-form-urlencoded' };
      const exchange = broker.transport.request('POST', '/.well-known/mercure', { body: body.toString(), headers });
      broker.transport.settle();
      return exchange.answered?.status;
    };
    expect([post('on'), post('')]).toEqual([200, 200]);
    expect([ann.pushes.length, bob.pushes.length]).toEqual([2, 1]);
  });

  it('expire, unless the client refreshes them in time', () => {
    const broker = start({ sweepInterval: 1 });
    const [ann, bob, eve] = [open(broker, 'both'), open(broker, 'both'), open(broker, 'both')];
    expect(ann.received).toEqual([{ id: 1, connect: { client: 'id1', ping: 30, pong: true, expires: true, ttl: 30 } }]);
    broker.advance(30_000);
    ann.send(['refresh', { token: 'both' }]);
    eve.send(['refresh', { token: 'wrong' }]).send(['refresh', { token: 'old' }]);
    expect(ann.last).toEqual({ id: 2, refresh: { expires: true, ttl: 30 } });
    expect(eve.received.slice(-2)).toEqual([error(2, 101, 'Invalid token'), error(3, 109, 'Token expired')]);
    for (const one of [ann, bob, eve]) one.client.send('{}');
    broker.advance(31_000);
    expect([ann.client.state, bob.closeCode, eve.closeCode]).toEqual(['open', 3005, 3005]);
  });

  it('replace the rights of the connection when they are refreshed', () => {
    const broker = start();
    const ann = open(broker, 'subscriber')
      .send(['refresh', { token: 'both' }])
      .subscribe('garden')
      .publish('garden', 1);
    expect(ann.pushes).toEqual([['garden', 1]]);
    ann.send(['refresh', { token: 'subscriber' }]).publish('garden', 2);
    expect(ann.last).toMatchObject({ error: { code: 103 } });
  });

  it('A8: failures count against the address', () => {
    const broker = start({ authFailuresPerMinute: 2 });
    for (let count = 0; count < 2; count++) open(broker, 'wrong');
    expect(broker.transport.connect({ path: '/connection/websocket' }).refusal?.status).toBe(429);
  });
});

/** Each answer decides about the oldest client that waits. */
class Decisions implements Authorizer {
  readonly headers = [];
  readonly tokens: (string | undefined)[] = [];
  readonly #waiting: ((outcome: AccessOutcome) => void)[] = [];

  authorize({ token }: AccessRequest, answer: (outcome: AccessOutcome) => void): void {
    this.tokens.push(token);
    this.#waiting.push(answer);
  }

  admit(grant: Partial<Grant>): void {
    this.#waiting.shift()?.(accepted({ ...OPEN_GRANT, ...grant }));
  }

  refuse(refusal: AccessRefusal): void {
    this.#waiting.shift()?.(refused(refusal));
  }
}

describe('CF11, A9: with a backend', () => {
  const start = (): { broker: CentrifugeBroker; authorizer: Decisions } => {
    const authorizer = new Decisions();
    return { broker: new CentrifugeBroker({ auth: 'required' }, { authorizer }), authorizer };
  };

  it('CF4: the backend decides about the token of connect, while the commands behind it wait', () => {
    const { broker, authorizer } = start();
    const ann = broker.open();
    ann.client.send('{"id":1,"connect":{"token":"t1"}}\n{"id":2,"subscribe":{"channel":"garden"}}\n{"id":3,"refresh":{}}');
    expect([ann.received, authorizer.tokens]).toEqual([[], ['t1']]);
    authorizer.admit({ owner: 'ann', lifetime: 200_000 });
    expect(ann.received).toMatchObject([{ connect: { ttl: 140 } }, { id: 2, subscribe: {} }, { id: 3, error: { code: 108 } }]);
  });

  it('one token is refreshed at a time, for the same user', () => {
    const { broker, authorizer } = start();
    const ann = broker.open().connect('t1');
    authorizer.admit({ owner: 'ann', lifetime: 200_000 });
    ann.send(['refresh', { token: 't2' }]).send(['refresh', { token: 't3' }]);
    expect(ann.last).toEqual({ id: 3, error: { code: 111, message: 'too many requests', temporary: true } });
    authorizer.admit({ owner: 'bob' });
    expect(ann.last).toEqual(error(2, 103, 'This token is for another user'));
    ann.send(['refresh', { token: 't4' }]);
    authorizer.admit({ owner: 'ann', lifetime: 400_000 });
    expect(ann.last).toEqual({ id: 4, refresh: { expires: true, ttl: 340 } });
    ann.send(['refresh', { token: 't5' }]);
    authorizer.admit({ owner: 'ann' });
    expect(ann.last).toEqual({ id: 5, refresh: {} });
    expect(authorizer.tokens).toEqual(['t1', 't2', 't4', 't5']);
  });

  it('CF3: a refused client receives the text of the backend', () => {
    const { broker, authorizer } = start();
    const [ann, bob] = [broker.open().connect('t'), broker.open().connect('t')];
    authorizer.refuse({ reason: 'not-admitted', message: 'Pay first' });
    authorizer.refuse({ reason: 'authorizer-unreachable' });
    expect([ann.received, ann.closeCode]).toEqual([[error(1, 103, 'Pay first')], 3507]);
    expect([bob.received, bob.closeCode]).toMatchObject([[{ error: { code: 100, temporary: true } }], 3004]);
  });
});

describe('CF11, A1: with auth and without Mercure', () => {
  const start = (): CentrifugeBroker =>
    new CentrifugeBroker({ auth: 'required', authKeys: [SECRET] }, { unixTime: () => NOW * 1000 });
  const token = (claims: object): string => hmacToken({ sub: 'ann', exp: Date.now() / 1000 + 3600, ...claims });

  it('the token of connect limits the topics, and can be refreshed', () => {
    const broker = start();
    const ann = broker.open().connect(token({ signalbox: { topics: { subscribe: ['garden'] } } }));
    ann.subscribe('garden', 'house').send(['refresh', { token: token({ signalbox: { topics: { subscribe: ['*'] } } }) }]);
    expect(ann.received).toMatchObject([
      { connect: { expires: true } },
      { subscribe: {} },
      { error: { code: 103 } },
      { refresh: { expires: true } },
    ]);
    ann.subscribe('house').send(['refresh', { token: token({ sub: 'bob' }) }]);
    expect(ann.received.slice(-2)).toMatchObject([{ subscribe: {} }, { error: { code: 103 } }]);
  });

  it('a client without a token is refused', () => {
    const ann = start().open().connect();
    expect([ann.last, ann.closeCode]).toMatchObject([{ error: { code: 101 } }, 3500]);
  });
});
