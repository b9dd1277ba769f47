import { describe, expect, it } from 'vitest';
import type { MemoryClient } from '../../../src/adapters/transports/memory/listener.ts';
import { TestBroker } from '../../support/test-broker.ts';

const openSocket = ({ transport }: TestBroker): MemoryClient => transport.connect({ path: '/doctor/socket' });

describe('a socket of the doctor', () => {
  it('DOC2: receives its own messages', () => {
    const socket = openSocket(new TestBroker());
    socket.send('a');
    socket.send('{"type":"HEARTBEAT"}');
    expect(socket.received).toEqual(['a', '{"type":"HEARTBEAT"}']);
  });

  it('DOC2: receives nothing else, no ping either, and is closed after 120 s', () => {
    const broker = new TestBroker({ aliveTimeout: 10_000, pingInterval: 1_000, sweepInterval: 1 });
    const socket = openSocket(broker);
    socket.answersPings = false;
    for (let second = 1; second < 120; second++) broker.advance(1_000);
    expect([socket.state, socket.received]).toEqual(['open', []]);
    broker.advance(1_000);
    expect(socket.closed?.code).toBe(1000);
  });

  it('DOC2: is closed after 100 messages, and for a binary message', () => {
    const [many, binary] = [openSocket(new TestBroker()), openSocket(new TestBroker())];
    for (let n = 0; n < 100; n++) many.send('a');
    expect(many.received.length).toBe(100);
    many.send('a');
    expect(many.closed?.code).toBe(1008);
    binary.send(Uint8Array.of(1));
    expect(binary.closed?.code).toBe(1007);
  });

  it('DOC2: counts as a connection of its address until it ends', () => {
    const broker = new TestBroker({ maxConnectionsPerAddress: 1 });
    const socket = openSocket(broker);
    expect(broker.connectPeer('ann').client.refusal?.status).toBe(429);
    socket.close();
    expect(broker.connectPeer('ann').client.state).toBe('open');
  });

  it('DOC2: takes no place of a peer', () => {
    const broker = new TestBroker({ concurrentLimit: 1 });
    openSocket(broker);
    expect(broker.connectPeer('ann').client.state).toBe('open');
  });

  it('leaves no timer behind', () => {
    const broker = new TestBroker();
    const wakeAt = broker.clock.wakeAt.bind(broker.clock);
    const cancelled: number[] = [];
    broker.clock.wakeAt = (at, wake) => {
      const wakeup = wakeAt(at, wake);
      const cancel = (): void => {
        cancelled.push(at);
        wakeup.cancel();
      };
      return { cancel };
    };
    openSocket(broker).close();
    expect(cancelled).toEqual([120_000]);
  });

  it('is closed with 1012 by a drain', async () => {
    const broker = new TestBroker();
    const socket = openSocket(broker);
    const closing = broker.broker.close();
    for (let turn = 0; turn < 5; turn++) {
      await Promise.resolve();
      broker.advance(1);
    }
    expect(socket.closed?.code).toBe(1012);
    await closing;
  });
});

describe('a stream of the doctor', () => {
  it('DOC3: receives five events 200 ms apart, then ends', () => {
    const broker = new TestBroker();
    const stream = broker.transport.stream('GET', '/doctor/stream');
    const counts = [stream.received.length];
    for (let n = 0; n < 4; n++) {
      broker.advance(200);
      counts.push(stream.received.length);
    }
    expect([counts, stream.state]).toEqual([[1, 2, 3, 4, 5], 'open']);
    broker.advance(200);
    expect([stream.received.join(''), stream.state]).toEqual([[1, 2, 3, 4, 5].map((n) => `data: ${n}\n\n`).join(''), 'closed']);
  });

  it('DOC3: stops when its client has gone', () => {
    const broker = new TestBroker();
    const stream = broker.transport.stream('GET', '/doctor/stream');
    stream.close();
    broker.advance(1_000);
    expect([stream.received.length, broker.eventNames.includes('fault')]).toEqual([1, false]);
  });
});
