import { describe, expect, it } from 'vitest';
import type { AccessOutcome, AccessRequest, Authorizer } from '../../../../../src/application/ports/authorizer.ts';
import type { VerifiedToken } from '../../../../../src/application/ports/authenticator.ts';
import type { BrokerEnvironment } from '../../../../../src/composition/broker-environment.ts';
import { OPEN_GRANT, type Grant } from '../../../../../src/domain/grant.ts';
import type { AccessRefusal } from '../../../../../src/domain/refusal.ts';
import { accepted, refused } from '../../../../../src/domain/result.ts';
import { binaryPush, SupabaseBroker, type SupabaseClient } from '../../../../support/supabase-broker.ts';

const ok = (ref: string, name: string, response: object = {}, joinRef: string | null = '1'): unknown => [
  ...[joinRef, ref, `realtime:${name}`, 'phx_reply', { status: 'ok', response }],
];
const joined = (ref: string, name: string): unknown => ok(ref, name, { postgres_changes: [] }, ref);

describe('a Supabase client', () => {
  it('SB3, SB8, SB10: joins a channel, and receives the broadcasts of others', () => {
    const broker = new SupabaseBroker();
    const [ann, bob] = [broker.join('garden'), broker.join('garden')];
    bob.broadcast('garden', 'note', { a: [1] });
    expect(ann.received[0]).toEqual(joined('1', 'garden'));
    expect(ann.broadcasts).toEqual([['realtime:garden', 'note', { a: [1] }]]);
    expect(bob.received.length).toBe(1);
  });

  it('SB10: receives its own broadcasts with self, and a reply behind them with ack', () => {
    const ann = new SupabaseBroker().open().join('garden', { broadcast: { self: true, ack: true } });
    ann.broadcast('garden', 'note', 1);
    expect(ann.received.slice(1)).toEqual([
      [null, null, 'realtime:garden', 'broadcast', { type: 'broadcast', event: 'note', payload: 1 }],
      ok('2', 'garden'),
    ]);
  });

  it('SB2, SB9: both versions meet, and bytes reach version 2.0.0', () => {
    const broker = new SupabaseBroker();
    const [old, ann] = [broker.open('vsn=1.0.0', 1).join('garden'), broker.join('garden')];
    old.broadcast('garden', 'note', { n: 1 });
    ann.broadcast('garden', 'note', { n: 2 }).broadcast('garden', 'bytes', Uint8Array.of(7));
    const own = broker.join('garden');
    own.client.send(binaryPush(['1', '2', 'realtime:garden', 'bytes'], Uint8Array.of(7)));
    expect(ann.broadcasts).toEqual([['realtime:garden', 'note', { n: 1 }]]);
    expect(old.broadcasts).toEqual([['realtime:garden', 'note', { n: 2 }]]);
    expect(ann.client.received.at(-1)).toBe(`[binary] 040f050000${Buffer.from('realtime:gardenbytes\x07').toString('hex')}`);
  });

  it('SB2: a frame of the other version is malformed', () => {
    const ann = new SupabaseBroker({ malformedPerWindow: 1 }).join('garden');
    for (let count = 0; count < 2; count++) ann.client.send('{"topic":"phoenix","event":"heartbeat","payload":{},"ref":"1"}');
    expect(ann.closeCode).toBe(1007);
  });

  it('SB7: receives an answer to each heartbeat, also before it joins', () => {
    const ann = new SupabaseBroker().open();
    ann.client.send('[null,"29","phoenix","heartbeat",{}]');
    expect(ann.received).toEqual([[null, '29', 'phoenix', 'phx_reply', { status: 'ok', response: {} }]]);
    ann.client.send('[null,"30","phoenix","dance",{}]');
    expect(ann.refusals).toEqual(['unmatched topic']);
  });

  it('SB4: a second join ends the first one', () => {
    const broker = new SupabaseBroker();
    const ann = broker.join('garden', 'garden');
    expect(ann.received).toEqual([joined('1', 'garden'), ['1', '1', 'realtime:garden', 'phx_close', {}], joined('2', 'garden')]);
    broker.join('garden').broadcast('garden', 'note', 1);
    expect(ann.broadcasts.length).toBe(1);
  });

  it('SB6: leaves a channel, which is then unknown', () => {
    const broker = new SupabaseBroker();
    const ann = broker.join('garden').send('garden', 'phx_leave', {});
    expect(ann.received.slice(1)).toEqual([ok('2', 'garden'), ['1', '1', 'realtime:garden', 'phx_close', {}]]);
    broker.join('garden').broadcast('garden', 'note', 1);
    ann.send('garden', 'phx_leave', {}).broadcast('garden', 'note', 1).broadcast('house', 'note', 1);
    expect([ann.broadcasts, ann.refusals]).toEqual([[], Array(3).fill('unmatched topic')]);
  });

  it('SB6: a message of an earlier join is refused', () => {
    const ann = new SupabaseBroker().join('garden', 'garden');
    ann.client.send('["1","9","realtime:garden","phx_leave",{}]');
    expect(ann.refusals).toEqual(['unmatched topic']);
    ann.client.send('[null,"10","realtime:garden","phx_leave",{}]');
    expect(ann.refusals.length).toBe(1);
  });

  it('SB5, SB14, SB16: receives the reason of a refused join', () => {
    const ann = new SupabaseBroker({ topicLength: 5, topicsPerConnection: 1 }).open();
    ann
      .join('long name')
      .join('')
      .join('a'.repeat(247))
      .join('a', { postgres_changes: [{}] });
    ann
      .join('b', { broadcast: { replay: {} } })
      .join('c')
      .join('d');
    ann.client.send('[null,"9","other","phx_join",{}]');
    expect(ann.refusals).toEqual([
      ...Array<string>(3).fill('The topic is empty or too long'),
      expect.stringMatching(/^postgres_changes/),
      expect.stringMatching(/^replay/),
      'ChannelRateLimitReached: Too many channels',
      'unmatched topic',
    ]);
    ann.broadcast('d', 'note', 1);
    expect([ann.refusals.at(-1), ann.client.state]).toEqual(['unmatched topic', 'open']);
  });

  it('SB16: persistence and unknown messages are refused', () => {
    const ann = new SupabaseBroker().join('garden');
    ann.client.send(binaryPush(['1', '3', 'realtime:garden', 'note'], '1', '{"persist":true}'));
    ann.send('garden', 'broadcast', { type: 'broadcast', event: 7 }).send('garden', 'dance', {});
    expect(ann.refusals).toEqual([
      'persist is not available: this broker stores no broadcasts',
      'A broadcast has an event of at most 255 bytes',
      'The event dance is not known here',
    ]);
  });

  it('W4, SB3: a join that is too large is malformed', () => {
    const ann = new SupabaseBroker({ malformedPerWindow: 1 }).join('garden');
    ann.join('house', {}, 'a'.repeat(65_536)).send('garden', 'access_token', { access_token: 'a'.repeat(65_536) });
    expect(ann.closeCode).toBe(1007);
  });

  it('SB7: is closed if it answers no pings, and if it does not join in time', () => {
    const broker = new SupabaseBroker({ pingInterval: 30_000, aliveTimeout: 60_000, sweepInterval: 1 });
    const [ann, late] = [broker.join('garden'), broker.open()];
    broker.advance(10_000);
    expect([late.closeCode, ann.client.state]).toEqual([1000, 'open']);
    ann.client.answersPings = false;
    broker.advance(90_000);
    expect(ann.closeCode).toBe(1000);
  });

  it('SB15: is closed with 1012 at the end', async () => {
    const broker = new SupabaseBroker();
    const ann = broker.join('garden');
    await broker.close();
    expect(ann.closeCode).toBe(1012);
  });

  it('W8: each message takes a token of the rate limit', () => {
    const ann = new SupabaseBroker({ messagesPerSecond: 10, messageBurst: 20 }).join('garden');
    for (let count = 0; count < 500; count++) ann.client.send('[null,"1","phoenix","heartbeat",{}]');
    expect(ann.closeCode).toBe(1008);
  });
});

describe('SB17: a Peerix peer', () => {
  it('publishes once to the topic that its message names, by the channel that it joined first', () => {
    const broker = new SupabaseBroker();
    const [ann, bob, eve] = [broker.join('room', 'ann'), broker.join('bob'), broker.join('room')];
    for (const channel of ['room', 'ann']) ann.broadcast(channel, 'message', ['bob', [1, 2]]);
    expect([bob.broadcasts, eve.broadcasts]).toEqual([[['realtime:bob', 'message', ['bob', [1, 2]]]], []]);
    ann.send('room', 'phx_leave', {}).broadcast('ann', 'message', ['room', [3]]);
    expect(eve.broadcasts).toEqual([['realtime:room', 'message', ['room', [3]]]]);
  });

  it('has a reply to each copy with ack', () => {
    const ann = new SupabaseBroker().open();
    for (const name of ['room', 'ann']) ann.join(name, { broadcast: { ack: true } });
    for (const name of ['room', 'ann']) ann.broadcast(name, 'message', ['bob', [1]]);
    expect(ann.received.slice(2)).toEqual([ok('3', 'room'), ok('4', 'ann', {}, '2')]);
  });

  it('meets others without its prefix, and receives the name by which it joined last', () => {
    const broker = new SupabaseBroker({ supabasePrefixes: ['p:', 'p:q:'] });
    const [ann, bob] = [broker.join('p:garden'), broker.join('garden', 'p:q:garden')];
    ann.broadcast('p:garden', 'message', ['garden', [1]]);
    expect(bob.broadcasts).toEqual([['realtime:p:q:garden', 'message', ['garden', [1]]]]);
    bob.send('p:q:garden', 'phx_leave', {});
    ann.broadcast('p:garden', 'note', 2);
    expect(bob.broadcasts.at(-1)).toEqual(['realtime:garden', 'note', 2]);
  });

  it('T13: other broadcasts stay on this wire', () => {
    const broker = new SupabaseBroker({ dialects: ['supabase', 'centrifuge'] });
    const other = broker.transport.connect({ path: '/connection/websocket' });
    other.send('{"id":1,"connect":{}}\n{"id":2,"subscribe":{"channel":"garden"}}');
    const ann = broker.join('garden').broadcast('garden', 'note', [1]);
    ann.broadcast('garden', 'message', ['garden', [1]]).broadcast('garden', 'message', 'text');
    other.send('{"id":3,"publish":{"channel":"garden","data":[2]}}\n{"id":4,"publish":{"channel":"garden","data":{"a":1}}}');
    expect(other.received.filter((text) => text.includes('push'))).toEqual([
      '{"push":{"channel":"garden","pub":{"data":[1]}}}',
      '{"push":{"channel":"garden","pub":{"data":[2]}}}',
      '{"push":{"channel":"garden","pub":{"data":{"a":1}}}}',
    ]);
    expect(ann.broadcasts).toEqual([['realtime:garden', 'message', ['garden', [2]]]]);
  });
});

describe('the key of a Supabase client', () => {
  it('SB1: selects the realm, and an unknown one is the reason of a refused join', () => {
    const broker = new SupabaseBroker({ keys: ['red', 'blue'] });
    const [ann, bob] = [broker.join('a'), broker.open('apikey=x&key=blue').join('a')];
    ann.broadcast('a', 'note', 1);
    const eve = broker.open('key=green').join('a');
    expect([bob.broadcasts, eve.refusals, eve.closeCode]).toEqual([[], ['Invalid key provided'], 1008]);
  });

  it('SB5: a full realm is the reason of a refused join', () => {
    const broker = new SupabaseBroker({ concurrentLimit: 1 });
    broker.join('a');
    const bob = broker.join('a');
    expect([bob.refusals, bob.closeCode]).toEqual([['Server has reached its concurrent user limit'], 1013]);
  });
});

/** The tokens `a.publisher`, `a.subscriber` and `a.both`, for the topic garden and for one minute. */
const JWT = (name: string): string => `${Buffer.from('{}').toString('base64url')}.${name}.x`;
const TOKENS: Partial<BrokerEnvironment> = {
  authenticator: {
    verify(token, use, onRefused): VerifiedToken | undefined {
      const claims = { publish: use === 'publisher' ? ['garden'] : [], subscribe: use === 'subscriber' ? ['garden'] : [] };
      if (token === JWT(use) || token === JWT('both')) return { type: undefined, claims: { mercure: claims }, lifetime: 60_000 };
      onRefused?.({ reason: 'token-invalid', detail: 'signature' });
      return undefined;
    },
  },
};
const READ = 'Unauthorized: You do not have permissions to read from this Channel topic';
const WRITE = 'Unauthorized: You do not have permissions to write to this Channel topic';
const ACK = { broadcast: { ack: true } };

describe('SB12: the tokens of Mercure', () => {
  const start = (config = {}): SupabaseBroker => new SupabaseBroker({ dialects: ['supabase', 'mercure'], ...config }, TOKENS);
  const open = (broker: SupabaseBroker, apikey: string, token?: string): SupabaseClient =>
    broker.open(`apikey=${apikey}`).join('garden', ACK, token);

  it.each([
    ['anon', undefined, 'Unauthorized: Authentication required'],
    [JWT('wrong'), undefined, 'Unauthorized: Invalid token'],
    [JWT('both'), JWT('wrong'), 'Unauthorized: Invalid token'],
  ])('a join with the key %s and the token %s is refused', (apikey, token, reason) => {
    const ann = open(start(), apikey, token);
    expect([ann.refusals, ann.closeCode]).toEqual([[reason], 4401]);
  });

  it('limit what a client may publish, and whether it may join', () => {
    const broker = start();
    const [ann, bob] = [open(broker, 'anon', JWT('publisher')), open(broker, JWT('subscriber'), 'anon')];
    bob.broadcast('garden', 'note', 1);
    expect([ann.refusals, bob.refusals]).toEqual([[READ], [WRITE]]);
    const eve = open(broker, JWT('both'))
      .broadcast('garden', 'note', 2)
      .broadcast('garden', 'message', ['house', [1]]);
    expect([bob.broadcasts.length, eve.refusals]).toEqual([1, [WRITE]]);
  });

  it('mercure_open allows everything, and mercure_anonymous allows a client without a token to join', () => {
    const [all, anonymous] = [open(start({ mercureOpen: true }), 'anon'), open(start({ mercureAnonymous: true }), 'anon')];
    for (const ann of [all, anonymous]) ann.broadcast('garden', 'note', 1);
    expect([all.refusals, anonymous.refusals]).toEqual([[], [WRITE]]);
  });

  it('SB3, MER7: a private channel needs a token that covers it, and its broadcasts reach private channels only', () => {
    const broker = start({ mercureAnonymous: true });
    const listener = (token: string, isPrivate: boolean): SupabaseClient =>
      broker.open().join('garden', { private: isPrivate }, token);
    const [ann, bob, eve] = [listener(JWT('both'), true), listener(JWT('subscriber'), true), listener('anon', false)];
    expect(listener('anon', true).refusals).toEqual([READ]);
    expect(listener(JWT('subscriber'), true).join('house', { private: true }).refusals).toEqual([READ]);
    ann.broadcast('garden', 'note', 1);
    expect([bob.broadcasts.length, eve.broadcasts.length]).toEqual([1, 0]);
  });

  it('expire, unless the client sends a fresh one on one of its channels', () => {
    const broker = start({ sweepInterval: 1 });
    const [ann, bob, eve] = [open(broker, JWT('both')), open(broker, JWT('both')), open(broker, JWT('both'))];
    broker.advance(30_000);
    ann.send('garden', 'access_token', { access_token: JWT('both') });
    for (let time = 0; time < 2; time++) eve.send('garden', 'access_token', { access_token: JWT('wrong') });
    bob.send('garden', 'access_token', { access_token: 'anon' });
    expect(eve.received.slice(1)).toEqual([
      [
        '1',
        null,
        'realtime:garden',
        'system',
        { extension: 'system', status: 'error', message: 'Invalid token', channel: 'garden' },
      ],
    ]);
    broker.advance(31_000);
    expect([ann.client.state, bob.closeCode, eve.closeCode]).toEqual(['open', 4003, 4003]);
  });

  it('replace the rights of the connection, also with a join', () => {
    const broker = start();
    const ann = open(broker, JWT('subscriber')).join('garden', ACK, JWT('both')).broadcast('garden', 'note', 1);
    expect(ann.refusals).toEqual([]);
    ann.send('garden', 'access_token', { access_token: JWT('subscriber') }).broadcast('garden', 'note', 2);
    expect(ann.refusals).toEqual([WRITE]);
  });

  it('SB11: limit what a request may publish', () => {
    const broker = start();
    const ann = open(broker, JWT('subscriber'));
    const body = JSON.stringify({ messages: [{ topic: 'garden', event: 'note', payload: 1, private: true }] });
    const statuses = [{}, { apikey: JWT('both') }, { authorization: `Bearer ${JWT('subscriber')}`, apikey: JWT('both') }].map(
      (headers) => broker.post('', body, headers)[0],
    );
    expect([statuses, ann.broadcasts.length]).toEqual([[401, 202, 403], 1]);
    expect(broker.post('/house/events/note', '1', { authorization: `Bearer ${JWT('both')}` })).toEqual([
      403,
      JSON.stringify({ error: WRITE }),
    ]);
    expect(broker.post(`?apikey=${JWT('wrong')}`, body)).toEqual([401, '{"error":"Unauthorized: Invalid token"}']);
  });

  it('A8: failures count against the address', () => {
    const broker = start({ authFailuresPerMinute: 2 });
    open(broker, JWT('wrong'));
    broker.post('/garden/events/note', '1', { apikey: JWT('wrong') });
    expect(broker.post('/garden/events/note', '1', { apikey: JWT('both') })[0]).toBe(429);
    expect(broker.transport.connect({ path: '/realtime/v1/websocket' }).refusal?.status).toBe(429);
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

describe('SB12, A9: with a backend', () => {
  const start = (): { broker: SupabaseBroker; authorizer: Decisions } => {
    const authorizer = new Decisions();
    return { broker: new SupabaseBroker({ auth: 'required' }, { authorizer }), authorizer };
  };

  it('SB3: the backend decides about a token of any form, while the messages behind the join wait', () => {
    const { broker, authorizer } = start();
    const ann = broker.open('apikey=page').join('garden', ACK, 'user').broadcast('garden', 'note', 1);
    broker.open('apikey=page').join('garden');
    expect([ann.received, authorizer.tokens]).toEqual([[], ['user', 'page']]);
    authorizer.admit({ owner: 'ann' });
    expect(ann.received).toEqual([joined('1', 'garden'), ok('2', 'garden')]);
  });

  it('SB5: a refused join has the text of the backend', () => {
    const { broker, authorizer } = start();
    const [ann, bob] = [broker.join('garden'), broker.join('garden')];
    authorizer.refuse({ reason: 'not-admitted', message: 'Pay first' });
    authorizer.refuse({ reason: 'authorizer-unreachable' });
    expect([ann.refusals, ann.closeCode, bob.closeCode]).toEqual([['Pay first'], 4403, 1013]);
  });

  it('SB11: the backend decides about a request', () => {
    const { broker, authorizer } = start();
    const post = (): { readonly answered: { readonly status: number } | undefined } =>
      broker.transport.request('POST', '/realtime/v1/api/broadcast/garden/events/note', { body: '1', headers: { apikey: 'k' } });
    const exchanges = [post(), post()];
    broker.transport.settle();
    authorizer.admit({ owner: 'ann' });
    authorizer.refuse({ reason: 'token-invalid', detail: 'x' });
    expect([exchanges.map(({ answered }) => answered?.status), authorizer.tokens]).toEqual([
      [202, 401],
      ['k', 'k'],
    ]);
  });
});
