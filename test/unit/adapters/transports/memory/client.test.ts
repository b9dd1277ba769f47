import { beforeEach, describe, expect, it } from 'vitest';
import { MemoryTransport, type MemoryClient } from '../../../../../src/adapters/transports/memory/listener.ts';
import { RecordingGateway, textOf } from '../../../../contracts/transports/recording-gateway.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('the far end of a connection in memory', () => {
  let transport: MemoryTransport;
  let gateway: RecordingGateway;
  let far: MemoryClient;

  beforeEach(() => {
    transport = new MemoryTransport({ sendBufferBytes: 10 });
    gateway = new RecordingGateway();
    void transport.listen(gateway);
    far = transport.connect({ path: '/ws', query: 'id=ann', headers: { origin: 'http://a.example' }, address: '2001:db8::1' });
  });

  it('is told with its target, its headers and its address', () => {
    const [upgrade] = gateway.upgrades;
    expect(upgrade).toMatchObject({ method: 'GET', path: '/ws', query: 'id=ann', remoteAddress: '2001:db8::1' });
    expect(upgrade?.headers.get('origin')).toBe('http://a.example');
  });

  it('reads nothing after stopReading, and all of it after startReading, the goodbye last', () => {
    const socket = gateway.connections[0]?.socket;
    far.stopReading();
    expect([socket?.write(bytes('a')), socket?.write(bytes('b'))]).toEqual(['queued', 'queued']);
    socket?.close(1008, 'bye');
    expect([far.received, far.state, far.unreadBytes]).toEqual([[], 'open', 2]);
    far.startReading();
    expect([far.received, far.state, far.closed]).toEqual([['a', 'b'], 'closed', { code: 1008, why: 'bye' }]);
  });

  it('keeps what it heard when it is cut, and loses what it did not read', () => {
    gateway.connections[0]?.socket.write(bytes('a'));
    far.stopReading();
    gateway.connections[0]?.socket.write(bytes('b'));
    far.cut();
    far.startReading();
    expect([far.received, far.closed, far.unreadBytes]).toEqual([['a'], { code: 1006, why: '' }, 0]);
  });

  it('does nothing that it can’t do any more', () => {
    far.close(4000, 'mine');
    far.send('too late');
    far.close();
    far.cut();
    expect([far.closed, gateway.connections[0]?.closedCount, gateway.connections[0]?.frames]).toEqual([
      { code: 4000, why: 'mine' },
      1,
      [],
    ]);
  });

  it('that is moved from inside a report acts after it', () => {
    gateway.onFrame = ({ frames }) => {
      if (frames.length === 1) far.send('second');
      expect(frames.length).toBeLessThan(3);
    };
    far.send('first');
    expect(gateway.connections[0]?.frames.map(textOf)).toEqual(['first', 'second']);
    expect(gateway.reentrantCalls).toEqual([]);
  });

  it('is refused before listen and after refuseNew, without an answer; by the gateway with one', () => {
    expect(new MemoryTransport().connect({ path: '/ws' })).toMatchObject({ state: 'refused', refusal: undefined });
    gateway.answerUpgrade = () => ({ accept: false, response: { status: 403, headers: [], body: 'no' } });
    expect(transport.connect({ path: '/ws' })).toMatchObject({ state: 'refused', refusal: { status: 403, body: 'no' } });
    transport.refuseNew();
    expect(transport.connect({ path: '/ws' })).toMatchObject({ state: 'refused', refusal: undefined });
  });
});

it('a request that is not answered in its own turn is no request for `http`', () => {
  const transport = new MemoryTransport();
  const gateway = new RecordingGateway();
  gateway.answerRequest = () => undefined;
  void transport.listen(gateway);
  expect(() => transport.http('GET', '/')).toThrow('answered in its own turn');
  expect(transport.request('GET', '/').answered).toBeUndefined();
});
