import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../src/adapters/clocks/manual.ts';
import { PeerjsDialect } from '../../../src/adapters/dialects/peerjs/dialect.ts';
import { MemoryBusLine } from '../../../src/adapters/buses/memory/bus.ts';
import { Doorkeeper } from '../../../src/application/doorkeeper.ts';
import type { LogEvent } from '../../../src/application/ports/log.ts';
import { nodeId } from '../../../src/domain/ids.ts';
import { MemoryBudget } from '../../../src/domain/memory-budget.ts';
import { Visitors } from '../../../src/domain/visitors.ts';
import { House, pair } from '../../support/house.ts';
import { FragileEngine } from '../../support/fragile-engine.ts';

const QUERY = 'key=peerjs&id=eve&token=t';
const status = (house: House, path = '/peerjs', headers = {}) =>
  house.transport.connect({ path, query: QUERY, headers }).refusal?.status;

describe('the doorkeeper', () => {
  it('M19: an address pays for what its connections owed when they closed, until it is paid', () => {
    const house = new House({ maxConnectionsPerAddress: 1, messagesPerSecond: 10, messageBurst: 20 });
    const ann = house.opens('ann');
    for (let n = 0; n < 20; n++) ann.says({ type: 'HEARTBEAT' });
    ann.far.close();
    expect(house.opens('bob').far.refusal?.status).toBe(429);
    expect(house.opens('cem', { address: '192.0.2.2' }).far.state).toBe('open');
    house.passes(2_000);
    expect(house.opens('bob').far.state).toBe('open');
  });

  it('M19: a peer that has said little leaves its place at once', () => {
    const house = new House({ maxConnectionsPerAddress: 1, messagesPerSecond: 10, messageBurst: 20 });
    const ann = house.opens('ann');
    for (let n = 0; n < 9; n++) ann.says({ type: 'HEARTBEAT' });
    ann.far.close();
    expect(house.opens('bob').far.state).toBe('open');
  });

  it.each(['/', '/peerjs/', '/other/peerjs', '/peerjs/peerjs'])('O9: there is no socket at %s', (path) => {
    expect(status(new House(), path)).toBe(404);
  });

  it('O10: where origins are listed, a page of another is turned away', () => {
    const house = new House({}, { origins: { allow: 'listed', isListed: (origin) => origin === 'https://a.test' } });
    expect(status(house, '/peerjs', { origin: 'https://evil.test' })).toBe(403);
    expect(status(house, '/peerjs', { origin: 'https://a.test' })).toBeUndefined();
  });

  it('H11: a target that is too long is turned away', () => {
    expect(status(new House({ maxUrlBytes: 20 }))).toBe(414);
  });

  it('promise 5: connections are bounded, in all and by address', () => {
    expect(status(pair({ maxConnections: 2 }).house)).toBe(503);
    const { house, ann } = pair({ maxConnectionsPerAddress: 2 });
    expect(status(house)).toBe(429);
    expect(house.opens('fay', { address: '192.0.2.9' }).far.state).toBe('open');
    ann.far.cut();
    expect(status(house)).toBeUndefined();
  });

  it('turns visitors away while the engine is out of reach, where it is told to', () => {
    const engine = new FragileEngine();
    const [refuses, holds] = [new House({ clusterCut: 'refuse' }, { engine }), new House({}, { engine })];
    engine.isReached = false;
    expect([status(refuses), status(holds)]).toEqual([503, undefined]);
    expect(refuses.events.at(-1)).toMatchObject({ event: 'upgrade-refused', why: 'cut-off' });
    engine.isReached = true;
    expect(status(refuses)).toBeUndefined();
  });

  it('lets nobody in when it is closed, and says so in the log', () => {
    const events: LogEvent[] = [];
    const doorkeeper = new Doorkeeper({
      dialects: [new PeerjsDialect('/')],
      visitors: new Visitors({ connections: 9, connectionsPerAddress: 9, requestsPerWindow: 0, requestWindow: 1 }, 0),
      memory: new MemoryBudget({ memoryBudget: 99, memoryPerAddress: 9 }),
      origins: { allow: 'echoed' },
      addresses: { of: (request) => request.remoteAddress },
      log: { record: (event) => void events.push(event) },
      clock: new ManualClock(),
      bus: new MemoryBusLine().at(nodeId('here')),
      maxUrlBytes: 99,
      clusterCut: 'hold',
    });
    doorkeeper.close();
    const request = { method: 'GET', path: '/peerjs', query: '', remoteAddress: '192.0.2.1', header: () => undefined };
    expect(doorkeeper.ask(request)).toMatchObject({ accept: false, response: { status: 503 } });
    expect(events).toMatchObject([{ event: 'upgrade-refused', why: 'draining', status: 503, request: { address: '192.0.2.1' } }]);
  });
});
