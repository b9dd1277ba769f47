import { describe, expect, it } from 'vitest';
import type { LogEvent } from '../../../src/application/ports/log.ts';
import { PeeroEvents, type PeeroListener } from '../../../src/composition/peero-events.ts';
import { TestBroker } from '../../support/test-broker.ts';

/** A mesh that records its events. */
function mesh(more: Partial<PeeroListener> = {}) {
  const emitted: unknown[][] = [];
  const logged: LogEvent['event'][] = [];
  const note =
    (event: string) =>
    (...given: unknown[]) =>
      void emitted.push([event, ...given.map(short)]);
  const listener: PeeroListener = {
    ...{ connection: note('connection'), message: () => undefined, offer: note('offer'), answer: note('answer') },
    ...{ announce: note('announce'), peers: note('peers'), remove: note('remove'), error: note('error') },
    ...more,
  };
  const events = new PeeroEvents({ record: ({ event }) => void logged.push(event) }, listener);
  let count = 0;
  const peerIds = { generate: () => `id${++count}` };
  const testBroker = new TestBroker(
    { dialects: ['peero'], peeroPath: '', expireTimeout: 1_000 },
    { log: events, tap: events, peerIds },
  );
  events.attachBroker(testBroker.broker);
  return { testBroker, emitted, logged, connect: () => testBroker.transport.connect({ path: '/' }) };
}

/** Sockets by their ids, errors by their messages. */
function short(given: unknown): unknown {
  if (given instanceof Error) return given.message;
  return typeof given === 'object' && given !== null && 'id' in given ? given.id : given;
}

describe('the events of Peero', () => {
  it('PEO2: are emitted when peers connect and disconnect', () => {
    const { emitted, connect } = mesh();
    const [ann, bob] = [connect(), connect()];
    expect([ann.state, emitted]).toEqual([
      'open',
      [
        ['connection', 'id1'],
        ['announce', 'id1'],
        ['peers', 'id1', []],
        ['connection', 'id3'],
        ['announce', 'id3'],
        ['peers', 'id3', ['id1']],
      ],
    ]);
    emitted.length = 0;
    bob.cut();
    expect(emitted).toEqual([['remove', 'id3']]);
  });

  it('PEO3, PEO4, PEO6: are emitted for offers, answers and undelivered frames', () => {
    const { testBroker, emitted, connect } = mesh();
    const [ann, bob] = [connect(), connect()];
    emitted.length = 0;
    ann.send('{"type":"offer","signal":1}');
    bob.send('{"type":"answer","peer":"id1","signal":2}');
    bob.send('{"type":"answer","peer":"nobody","signal":3}');
    testBroker.advance(3_000);
    expect(emitted).toEqual([
      ['offer', 'id1', 1],
      ['answer', 'id1', 'id3', 2],
      ['error', 'nobody: The peer could not be reached', 'id3'],
    ]);
  });

  it('are emitted for every sent frame, with sockets that can send and close', () => {
    const frames: unknown[] = [];
    const { testBroker, connect } = mesh({
      connection: (socket) => void socket.send({ type: 'note' }),
      message: (socket, frame) => void frames.push([socket.id, frame]),
      announce: (socket) => socket.close(1000, 'no room'),
    });
    const ann = connect();
    testBroker.transport.settle();
    expect([frames, ann.received.includes('{"type":"note"}'), ann.closed?.why]).toEqual([
      [['id1', { type: 'peers', peers: [] }]],
      true,
      'no room',
    ]);
  });

  it('promise 6: keep the connection when a listener throws', () => {
    const { logged, connect } = mesh({
      connection: () => {
        throw new Error('bug in the program');
      },
    });
    expect([connect().state, logged.includes('fault')]).toEqual(['open', true]);
  });
});
