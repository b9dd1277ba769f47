import { beforeEach, describe, expect, it } from 'vitest';
import { connectRequestOf } from '../../../src/adapters/transports/socketio/rights.ts';
import { MemoryTransport } from '../../../src/adapters/transports/memory/listener.ts';
import type { Gateway } from '../../../src/application/ports/transport.ts';
import type { Config } from '../../../src/composition/configuration/config.ts';
import { NEVER } from '../../../src/domain/time.ts';
import { ScriptedAuthorizer } from '../../support/scripted-authorizer.ts';
import { TestBroker } from '../../support/test-broker.ts';

const HUB = '/.well-known/mercure';
const UPDATES = `${HUB}?topic=a`;

let authorizer: ScriptedAuthorizer;
let broker: TestBroker;
let gateway: Gateway;

function start(config: Partial<Config> = {}): void {
  authorizer = new ScriptedAuthorizer();
  authorizer.grant('good', { subject: 'ann', topics: { subscribe: ['a'], publish: ['a'] } });
  broker = new TestBroker({ dialects: ['mercure'], auth: 'required', ...config }, { authorizer });
}

/** A broker whose gateway is called directly, as by the transport of Socket.IO. */
function startForSocketIo(config: Partial<Config> = {}): void {
  start({ dialects: ['socketio', 'mercure'], ...config });
  const transport = new MemoryTransport();
  const listen = transport.listen.bind(transport);
  transport.listen = (given) => listen((gateway = given));
  broker = new TestBroker({ dialects: ['socketio', 'mercure'], auth: 'required', ...config }, { authorizer, transport });
}
beforeEach(() => start());

const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}`, origin: 'https://app.example.org' } });

describe('A9: a backend decides about clients of Mercure', () => {
  it('receives the facts about each of them, and opens the stream', () => {
    const stream = broker.transport.stream('GET', UPDATES, bearer('good'));
    expect(stream.state).toBe('open');
    const facts = { dialect: 'mercure', realm: 'peerjs', id: undefined, token: 'good', origin: 'https://app.example.org' };
    expect(authorizer.requests).toMatchObject([facts]);
    const sent = broker.transport.request('POST', HUB, { ...bearer('good'), body: 'topic=a&data=hello' });
    broker.transport.settle();
    expect([sent.answered?.status, stream.received.join('')]).toEqual([200, expect.stringContaining('data: hello')]);
    expect(authorizer.requests[1]).toMatchObject(facts);
  });

  it('A6: answers refusals with a status, and counts no connection', () => {
    authorizer.refuse('banned', { reason: 'not-admitted', message: 'no' });
    authorizer.refuse('away', { reason: 'authorizer-unreachable' });
    for (const [token, status] of [
      ['banned', 403],
      ['away', 503],
      ['unknown', 401],
    ] as const) {
      expect(broker.transport.stream('GET', UPDATES, bearer(token)).refusal?.status).toBe(status);
      const sent = broker.transport.request('POST', HUB, { ...bearer(token), body: 'topic=a&data=x' });
      broker.transport.settle();
      expect(sent.answered?.status).toBe(status);
    }
    expect(broker.tally.samples('connections').every(({ value }) => value === 0)).toBe(true);
    let connections: number | undefined;
    broker.broker.operations.overview(({ nodes }) => (connections = nodes[0]?.connections));
    expect(connections).toBe(0);
  });

  it('A3: limits the topics of streams and updates', () => {
    expect(broker.transport.stream('GET', `${HUB}?topic=b`, bearer('good')).refusal?.status).toBe(403);
    expect(broker.transport.stream('GET', `${HUB}?match_urlpattern=/*`, bearer('good')).refusal?.status).toBe(403);
    const sent = broker.transport.request('POST', HUB, { ...bearer('good'), body: 'topic=b&data=x' });
    broker.transport.settle();
    expect(sent.answered?.status).toBe(403);
  });

  it('A5, MER12: a stream ends with its grant; ADM4: and with the ban of its user', () => {
    authorizer.grant('short', { lifetime: 60_000 });
    const short = broker.transport.stream('GET', UPDATES, bearer('short'));
    const good = broker.transport.stream('GET', UPDATES, bearer('good'));
    broker.advance(70_000);
    expect([short.state, good.state]).toEqual(['closed', 'open']);
    const ban = { what: 'sub', value: 'ann', realm: undefined, endsAt: NEVER, reason: undefined } as const;
    broker.broker.operations.ban(ban, { reason: undefined, from: 'test' }, () => undefined);
    broker.transport.settle();
    expect(good.state).toBe('closed');
    expect(broker.transport.stream('GET', UPDATES, bearer('good')).refusal?.status).toBe(403);
  });

  it('keeps a slow answer for its client, and counts the connection meanwhile', () => {
    start({ maxConnections: 1 });
    authorizer.isSlow = true;
    const first = broker.transport.stream('GET', UPDATES, bearer('good'));
    expect(broker.transport.stream('GET', UPDATES, bearer('good')).refusal?.status).toBe(503);
    const sent = broker.transport.request('POST', HUB, { ...bearer('good'), body: 'topic=a&data=late' });
    broker.transport.settle();
    authorizer.answerAll();
    broker.transport.settle();
    expect([first.state, sent.answered?.status, first.received.join('')]).toEqual([
      'open',
      200,
      expect.stringContaining('data: late'),
    ]);
  });

  it('A8: receives nothing from an address with too many failures', () => {
    start({ authFailuresPerMinute: 1 });
    broker.transport.stream('GET', UPDATES, bearer('wrong'));
    expect(broker.transport.stream('GET', UPDATES, bearer('good')).refusal?.status).toBe(429);
    expect(authorizer.requests).toHaveLength(1);
  });
});

describe('A9: a backend decides about clients of Socket.IO', () => {
  const path = '/socket.io';

  /** A connection as the transport of Socket.IO reports it. */
  function connect(token: string | undefined, isVerified = false) {
    const lines: string[] = [];
    let code: number | undefined;
    const answer = gateway.upgrade({ method: 'GET', path, query: '', remoteAddress: '192.0.2.1', header: () => undefined });
    if (!answer.accept) throw new Error('refused');
    const rights = { maySubscribe: true, clearance: 'all', expiresAt: NEVER, mayPublish: () => true } as const;
    const connectRequest = connectRequestOf(answer.connectRequest, { ...rights, backendCheck: { token, isVerified } }, token);
    const ignore = (): void => undefined;
    const socket = {
      write: (bytes: Uint8Array) => (lines.push(Buffer.from(bytes).toString()), 'sent' as const),
      close: (closeCode: number) => void (code = closeCode),
      ...{ terminate: ignore, ping: ignore, pause: ignore, resume: ignore },
    };
    const id = gateway.opened(socket, { ...answer, carrier: 'socket', connectRequest });
    return { lines, send: (line: unknown[]) => gateway.frame(id, Buffer.from(JSON.stringify(line)), false), code: () => code };
  }

  it('admits or refuses them, and limits their topics', () => {
    startForSocketIo();
    const ann = connect('good');
    ann.send(['subscribe', 'a', 1]);
    ann.send(['subscribe', 'b', 2]);
    ann.send(['publish', 'a', Buffer.from('x').toString('base64'), 3]);
    ann.send(['publish', 'b', Buffer.from('x').toString('base64'), 4]);
    expect(ann.lines.map((line) => (JSON.parse(line) as unknown[])[0])).toEqual(['welcome', 'receipt', 'receipt']);
    expect(authorizer.requests).toMatchObject([{ dialect: 'socketio', realm: 'peerjs', token: 'good', address: '192.0.2.1' }]);
    const eve = connect('unknown');
    expect([eve.lines, eve.code()]).toEqual([['["refused","Invalid token",4401]'], 4401]);
  });

  it('is not asked about a token that Mercure has verified, except for auth_url_always', () => {
    startForSocketIo();
    expect(connect('jwt', true).lines[0]).toContain('welcome');
    expect(authorizer.requests).toEqual([]);
    startForSocketIo({ authUrlAlways: true });
    expect(connect('jwt', true).code()).toBe(4401);
  });
});

describe('MER5: a stream with missed updates', () => {
  const EARLIEST = `${HUB}?topic=t&last_event_id=earliest`;
  let units: number[];
  let transport: MemoryTransport;

  /** A broker with a history of 40 updates of 10,000 bytes each. */
  function startWithHistory(config: Partial<Config> = {}): void {
    units = [];
    transport = new MemoryTransport();
    const listen = transport.listen.bind(transport);
    transport.listen = (given) =>
      listen({
        ...boundOf(given),
        httpRequest: (exchange) => given.httpRequest(Object.assign(exchange, { spend: (spent: number) => units.push(spent) })),
      });
    broker = new TestBroker({ dialects: ['mercure'], mercureOpen: true, ...config }, { transport });
    for (let n = 0; n < 40; n++) transport.request('POST', HUB, { body: `topic=t&data=${'x'.repeat(10_000)}` });
    transport.settle();
    units = [];
  }

  it('M23: counts the search and the bytes of the replay for the turn', () => {
    startWithHistory();
    expect(transport.stream('GET', `${HUB}?topic=t`).refusal).toBe(undefined);
    expect(units).toEqual([]);
    const stream = transport.stream('GET', EARLIEST);
    broker.advance(0);
    expect(stream.received.join('').length).toBeGreaterThan(400_000);
    expect(units[0]).toBeGreaterThan(400_000 / 256);
  });

  it('waits until the replay before it has ended, and is refused if the broker drains meanwhile', () => {
    startWithHistory({ sendBufferBytes: 4_000_000 });
    for (let n = 0; n < 40; n++) transport.request('POST', HUB, { body: `topic=t&data=${'x'.repeat(10_000)}` });
    transport.settle();
    const streams = Array.from({ length: 3 }, () => transport.stream('GET', EARLIEST));
    const ended = (): number => streams.filter(({ received }) => received.join('').length > 800_000).length;
    expect([ended(), streams.filter(({ state }) => state === 'open').length]).toEqual([0, 1]);
    broker.advance(0);
    expect([ended(), streams.every(({ state }) => state === 'open')]).toEqual([3, true]);
    const [first, second] = [transport.stream('GET', EARLIEST), transport.stream('GET', EARLIEST)];
    void broker.broker.close();
    broker.advance(0);
    expect([first.state, second.refusal?.status]).toEqual(['closed', 503]);
  });

  it('B1: counts updates that wait for a later turn as memory of the stream', () => {
    const memory = { memoryPerAddress: 300_000, memoryBudget: 1e9 };
    startWithHistory({ ...memory, sendBufferBytes: 4_000_000 });
    const flood = Array.from({ length: 20 }, () => transport.stream('GET', EARLIEST));
    transport.settle();
    broker.advance(1_000);
    expect(flood.filter(({ state }) => state !== 'open').length).toBeGreaterThan(10);
  });
});

/** The methods of a gateway, as functions. */
function boundOf(gateway: Gateway): Gateway {
  const bound = (target: Gateway, name: string | symbol): unknown => {
    const method: unknown = Reflect.get(target, name);
    return typeof method === 'function' ? (method.bind(target) as unknown) : method;
  };
  const names = ['upgrade', 'opened', 'frame', 'continueFrame', 'controlFrame', 'unsent', 'closed', 'refused', 'abandoned'];
  return Object.fromEntries(names.map((name) => [name, bound(gateway, name)])) as unknown as Gateway;
}
