import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../src/adapters/clocks/manual.ts';
import { PeerjsDialect } from '../../../src/adapters/dialects/peerjs/dialect.ts';
import { MemoryBusNetwork } from '../../../src/adapters/buses/memory/bus.ts';
import { AdmissionControl } from '../../../src/application/admission-control.ts';
import type { LogEvent } from '../../../src/application/ports/log.ts';
import { nodeId } from '../../../src/domain/ids.ts';
import { MemoryBudget } from '../../../src/domain/memory-budget.ts';
import { ConnectionLimits } from '../../../src/domain/connection-limits.ts';
import { TestBroker, pair } from '../../support/test-broker.ts';
import { UnreachableEngine } from '../../support/unreachable-engine.ts';

const QUERY = 'key=peerjs&id=eve&token=t';
const status = (house: TestBroker, path = '/peerjs', headers = {}) =>
  house.transport.connect({ path, query: QUERY, headers }).refusal?.status;

describe('the doorkeeper', () => {
  it('M19: an address pays for what its connections owed when they closed, until it is paid', () => {
    const house = new TestBroker({ maxConnectionsPerAddress: 1, messagesPerSecond: 10, messageBurst: 20 });
    const ann = house.connectPeer('ann');
    for (let n = 0; n < 20; n++) ann.send({ type: 'HEARTBEAT' });
    ann.client.close();
    expect(house.connectPeer('bob').client.refusal?.status).toBe(429);
    expect(house.connectPeer('cem', { address: '192.0.2.2' }).client.state).toBe('open');
    house.advance(2_000);
    expect(house.connectPeer('bob').client.state).toBe('open');
  });

  it('M19: a peer that has said little leaves its place at once', () => {
    const house = new TestBroker({ maxConnectionsPerAddress: 1, messagesPerSecond: 10, messageBurst: 20 });
    const ann = house.connectPeer('ann');
    for (let n = 0; n < 9; n++) ann.send({ type: 'HEARTBEAT' });
    ann.client.close();
    expect(house.connectPeer('bob').client.state).toBe('open');
  });

  it.each(['/', '/peerjs/', '/other/peerjs', '/peerjs/peerjs'])('O9: there is no socket at %s', (path) => {
    expect(status(new TestBroker(), path)).toBe(404);
  });

  it('O10: where origins are listed, a page of another is turned away', () => {
    const house = new TestBroker({}, { origins: { allow: 'listed', isListed: (origin) => origin === 'https://a.test' } });
    expect(status(house, '/peerjs', { origin: 'https://evil.test' })).toBe(403);
    expect(status(house, '/peerjs', { origin: 'https://a.test' })).toBeUndefined();
  });

  it('H11: a target that is too long is turned away', () => {
    expect(status(new TestBroker({ maxUrlBytes: 20 }))).toBe(414);
  });

  it('promise 5: connections are bounded, in all and by address', () => {
    expect(status(pair({ maxConnections: 2 }).house)).toBe(503);
    const { house, ann } = pair({ maxConnectionsPerAddress: 2 });
    expect(status(house)).toBe(429);
    expect(house.connectPeer('fay', { address: '192.0.2.9' }).client.state).toBe('open');
    ann.client.cut();
    expect(status(house)).toBeUndefined();
  });

  it('turns visitors away while the engine is out of reach, where it is told to', () => {
    const engine = new UnreachableEngine();
    const [refuses, holds] = [new TestBroker({ clusterCut: 'refuse' }, { engine }), new TestBroker({}, { engine })];
    engine.isReachable = false;
    expect([status(refuses), status(holds)]).toEqual([503, undefined]);
    expect(refuses.events.at(-1)).toMatchObject({ event: 'upgrade-refused', why: 'cut-off' });
    engine.isReachable = true;
    expect(status(refuses)).toBeUndefined();
  });

  it('lets nobody in when it is closed, and says so in the log', () => {
    const events: LogEvent[] = [];
    const doorkeeper = new AdmissionControl({
      dialects: [new PeerjsDialect('/')],
      connectionLimits: new ConnectionLimits(
        { connections: 9, connectionsPerAddress: 9, requestsPerWindow: 0, requestWindow: 1 },
        0,
      ),
      memory: new MemoryBudget({ memoryBudget: 99, memoryPerAddress: 9 }),
      origins: { allow: 'echoed' },
      addresses: { of: (request) => request.remoteAddress },
      log: { record: (event) => void events.push(event) },
      clock: new ManualClock(),
      bus: new MemoryBusNetwork().busOf(nodeId('here')),
      maxUrlBytes: 99,
      clusterCut: 'hold',
    });
    doorkeeper.close();
    const request = { method: 'GET', path: '/peerjs', query: '', remoteAddress: '192.0.2.1', header: () => undefined };
    expect(doorkeeper.admit(request)).toMatchObject({ accept: false, response: { status: 503 } });
    expect(events).toMatchObject([{ event: 'upgrade-refused', why: 'draining', status: 503, request: { address: '192.0.2.1' } }]);
  });
});
