import { beforeEach, describe, expect, it } from 'vitest';
import { MemoryTransport, type MemoryClient } from '../../../../../src/adapters/transports/memory/listener.ts';
import { RecordingGateway, textOf } from '../../../../../src/contracts/transports/recording-gateway.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('the client of the memory transport', () => {
  let transport: MemoryTransport;
  let gateway: RecordingGateway;
  let client: MemoryClient;

  beforeEach(() => {
    transport = new MemoryTransport({ sendBufferBytes: 10 });
    gateway = new RecordingGateway();
    void transport.listen(gateway);
    client = transport.connect({ path: '/ws', query: 'id=ann', headers: { origin: 'http://a.example' }, address: '2001:db8::1' });
  });

  it('sends its target, its headers and its address', () => {
    const [upgrade] = gateway.upgrades;
    expect(upgrade).toMatchObject({ method: 'GET', path: '/ws', query: 'id=ann', remoteAddress: '2001:db8::1' });
    expect(upgrade?.headers.get('origin')).toBe('http://a.example');
  });

  it('receives nothing after stopReading, and all of it after startReading, the close last', () => {
    const socket = gateway.connections[0]?.socket;
    client.stopReading();
    expect([socket?.write(bytes('a')), socket?.write(bytes('b'))]).toEqual(['queued', 'queued']);
    socket?.close(1008, 'bye');
    expect([client.received, client.state, client.unreadBytes]).toEqual([[], 'open', 2]);
    client.startReading();
    expect([client.received, client.state, client.closed]).toEqual([['a', 'b'], 'closed', { code: 1008, why: 'bye' }]);
  });

  it('keeps received messages after a cut, and loses unread ones', () => {
    gateway.connections[0]?.socket.write(bytes('a'));
    client.stopReading();
    gateway.connections[0]?.socket.write(bytes('b'));
    client.cut();
    client.startReading();
    expect([client.received, client.closed, client.unreadBytes]).toEqual([['a'], { code: 1006, why: '' }, 0]);
  });

  it('ignores impossible actions', () => {
    client.close(4000, 'mine');
    client.send('too late');
    client.close();
    client.cut();
    expect([client.closed, gateway.connections[0]?.closedCount, gateway.connections[0]?.frames]).toEqual([
      { code: 4000, why: 'mine' },
      1,
      [],
    ]);
  });

  it('acts after a report when it is used within that report', () => {
    gateway.onFrame = ({ frames }) => {
      if (frames.length === 1) client.send('second');
      expect(frames.length).toBeLessThan(3);
    };
    client.send('first');
    expect(gateway.connections[0]?.frames.map(textOf)).toEqual(['first', 'second']);
    expect(gateway.reentrantCalls).toEqual([]);
  });

  it('is rejected before listen and after refuseNew, without a response; by the gateway with a response', () => {
    expect(new MemoryTransport().connect({ path: '/ws' })).toMatchObject({ state: 'refused', refusal: undefined });
    gateway.answerUpgrade = () => ({ accept: false, response: { status: 403, headers: [], body: 'no' } });
    expect(transport.connect({ path: '/ws' })).toMatchObject({ state: 'refused', refusal: { status: 403, body: 'no' } });
    transport.refuseNew();
    expect(transport.connect({ path: '/ws' })).toMatchObject({ state: 'refused', refusal: undefined });
  });
});

it('`http` rejects a request that is not answered in its own turn', () => {
  const transport = new MemoryTransport();
  const gateway = new RecordingGateway();
  gateway.answerRequest = () => undefined;
  void transport.listen(gateway);
  expect(() => transport.http('GET', '/')).toThrow('answered in its own turn');
  expect(transport.request('GET', '/').answered).toBeUndefined();
});
