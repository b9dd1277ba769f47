import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../src/adapters/clocks/manual.ts';
import { PeerjsDialect } from '../../../src/adapters/dialects/peerjs/dialect.ts';
import { OpenAuthorizer } from '../../../src/adapters/authorizers/open.ts';
import { MemoryBusNetwork } from '../../../src/adapters/buses/memory/bus.ts';
import { AdmissionControl } from '../../../src/application/admission-control.ts';
import type { AnyDialect } from '../../../src/application/ports/dialect.ts';
import type { HttpRequest } from '../../../src/application/ports/http.ts';
import type { LogEvent } from '../../../src/application/ports/log.ts';
import { nodeId } from '../../../src/domain/ids.ts';
import { AuthFailures } from '../../../src/domain/auth-failures.ts';
import { MemoryBudget } from '../../../src/domain/memory-budget.ts';
import { ConnectionLimits } from '../../../src/domain/connection-limits.ts';
import { CounterDialect } from '../../support/counter-dialect.ts';
import { TestBroker, pair } from '../../support/test-broker.ts';
import { UnreachableEngine } from '../../support/unreachable-engine.ts';

const QUERY = 'key=peerjs&id=eve&token=t';
const status = (broker: TestBroker, path = '/peerjs', headers = {}) =>
  broker.transport.connect({ path, query: QUERY, headers }).refusal?.status;

describe('admission control', () => {
  it('M19: an address is charged for the overdraft of its closed connections until the allowance is full again', () => {
    const broker = new TestBroker({ maxConnectionsPerAddress: 1, messagesPerSecond: 10, messageBurst: 20 });
    const ann = broker.connectPeer('ann');
    for (let n = 0; n < 20; n++) ann.send({ type: 'HEARTBEAT' });
    ann.client.close();
    expect(broker.connectPeer('bob').client.refusal?.status).toBe(429);
    expect(broker.connectPeer('cem', { address: '192.0.2.2' }).client.state).toBe('open');
    broker.advance(2_000);
    expect(broker.connectPeer('bob').client.state).toBe('open');
  });

  it('M19: a peer with a small overdraft frees its place at once', () => {
    const broker = new TestBroker({ maxConnectionsPerAddress: 1, messagesPerSecond: 10, messageBurst: 20 });
    const ann = broker.connectPeer('ann');
    for (let n = 0; n < 9; n++) ann.send({ type: 'HEARTBEAT' });
    ann.client.close();
    expect(broker.connectPeer('bob').client.state).toBe('open');
  });

  it.each(['/', '/peerjs/', '/other/peerjs', '/peerjs/peerjs'])('O9: refuses a WebSocket at %s', (path) => {
    expect(status(new TestBroker(), path)).toBe(404);
  });

  it('O10: refuses other origins if origins are listed', () => {
    const broker = new TestBroker({}, { origins: { allow: 'listed', isListed: (origin) => origin === 'https://a.test' } });
    expect(status(broker, '/peerjs', { origin: 'https://evil.test' })).toBe(403);
    expect(status(broker, '/peerjs', { origin: 'https://a.test' })).toBeUndefined();
    expect(status(broker, '/peerjs', { origin: 'http://rebound.test', host: 'rebound.test' })).toBe(403);
    expect(status(broker, '/peerjs', { origin: 'http://127.0.0.1', host: '127.0.0.1' })).toBeUndefined();
  });

  it('H11: refuses a request target that is too long', () => {
    expect(status(new TestBroker({ maxUrlBytes: 20 }))).toBe(414);
  });

  it('promise 5: limits connections in total and by address', () => {
    expect(status(pair({ maxConnections: 2 }).broker)).toBe(503);
    const { broker, ann } = pair({ maxConnectionsPerAddress: 2 });
    expect(status(broker)).toBe(429);
    expect(broker.connectPeer('fay', { address: '192.0.2.9' }).client.state).toBe('open');
    ann.client.cut();
    expect(status(broker)).toBeUndefined();
  });

  it('refuses connections while the engine is unreachable, if configured to', () => {
    const engine = new UnreachableEngine();
    const [refuses, holds] = [new TestBroker({ clusterCut: 'refuse' }, { engine }), new TestBroker({}, { engine })];
    engine.isReachable = false;
    expect([status(refuses), status(holds)]).toEqual([503, undefined]);
    expect(refuses.events.at(-1)).toMatchObject({ event: 'upgrade-refused', why: 'cut-off' });
    engine.isReachable = true;
    expect(status(refuses)).toBeUndefined();
  });

  it('refuses and logs every connection after it was closed', () => {
    const events: LogEvent[] = [];
    const admissionControl = admissionControlOf([new PeerjsDialect('/')], events);
    admissionControl.close();
    expect(admissionControl.admit(requestFor('/peerjs'))).toMatchObject({ accept: false, response: { status: 503 } });
    expect(events).toMatchObject([{ event: 'upgrade-refused', why: 'draining', status: 503, request: { address: '192.0.2.1' } }]);
  });

  it('W6, W7: an admission says whether frames are binary, and has the subprotocol that the dialect grants', () => {
    const admissionControl = admissionControlOf([new CounterDialect(), new PeerjsDialect('/')]);
    const admit = (path: string, offered?: string) => admissionControl.admit(requestFor(path, offered));
    expect(admit('/counter', 'other, counter, bearer.a')).toMatchObject({ sendsBinary: true, subprotocol: 'counter' });
    expect(admit('/counter', 'other')).toMatchObject({ subprotocol: undefined });
    expect(admit('/counter')).toHaveProperty('subprotocol', undefined);
    expect(admit('/peerjs', 'counter')).not.toHaveProperty('subprotocol');
    expect(admit('/peerjs', 'counter')).toMatchObject({ sendsBinary: undefined });
  });
});

function requestFor(path: string, offered?: string): HttpRequest {
  const header = (name: string): string | undefined => (name === 'sec-websocket-protocol' ? offered : undefined);
  return { method: 'GET', path, query: '', remoteAddress: '192.0.2.1', header };
}

function admissionControlOf(dialects: readonly AnyDialect[], events: LogEvent[] = []): AdmissionControl {
  return new AdmissionControl({
    dialects,
    connectionLimits: new ConnectionLimits(
      { connections: 9, connectionsPerAddress: 9, requestsPerWindow: 0, requestWindow: 1 },
      0,
    ),
    authFailures: new AuthFailures({ failuresPerWindow: 9, failureWindow: 1 }, 0),
    memory: new MemoryBudget({ memoryBudget: 99, memoryPerAddress: 9 }),
    origins: { allow: 'echoed' },
    addresses: { of: (request) => request.remoteAddress },
    authorizer: new OpenAuthorizer(),
    log: { record: (event) => void events.push(event) },
    clock: new ManualClock(),
    bus: new MemoryBusNetwork().busOf(nodeId('here')),
    maxUrlBytes: 99,
    clusterCut: 'hold',
  });
}
