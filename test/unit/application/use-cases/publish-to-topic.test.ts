import { describe, expect, it } from 'vitest';
import { LinesBroker } from '../../../support/lines-broker.ts';

describe('publishToTopic', () => {
  it('T3, T4: delivers from a connection to sockets and streams in order, and not to the publisher', () => {
    const broker = new LinesBroker();
    const [ann, bob] = [broker.connectLines(), broker.connectLines()];
    for (const one of [ann, bob]) one.send('+garden');
    const stream = broker.openStream('garden', 'house');
    for (const text of ['one', 'two', 'three']) ann.send(`garden ${text}`);
    expect(bob.received.slice(1)).toEqual(['garden one', 'garden two', 'garden three']);
    expect(stream.received.slice(2).join('')).toBe('garden one\ngarden two\ngarden three\n');
    expect(ann.received.filter((line) => line.startsWith('garden'))).toEqual([]);
  });

  it('T3: delivers from an HTTP request', () => {
    const broker = new LinesBroker();
    const ann = broker.connectLines();
    ann.send('+garden');
    expect([broker.publish('garden', 'rain'), broker.publish('', 'rain'), ann.received.at(-1)]).toEqual([
      204,
      400,
      'garden rain',
    ]);
  });

  it('M23: counts the receivers of an HTTP request against the turn', () => {
    const broker = new LinesBroker();
    for (let n = 0; n < 30; n++) broker.connectLines().send('+garden');
    const publish = (topic: string): number => {
      const exchange = broker.transport.request('POST', `/lines?topic=${topic}`, { body: 'rain' });
      broker.transport.settle();
      return exchange.units;
    };
    expect([publish('garden'), publish('cellar')]).toEqual([10, 0]);
  });

  it('T2: refuses an unknown realm', () => {
    const broker = new LinesBroker();
    const exchange = broker.transport.request('POST', '/lines?topic=a&key=none');
    broker.transport.settle();
    expect(exchange.answered).toMatchObject({ status: 404, body: 'key-unknown\n' });
  });

  it('T1: ignores and counts an invalid topic', () => {
    const broker = new LinesBroker({ topicLength: 3 });
    broker.connectLines().send('long text');
    expect(broker.counts()).toEqual({ 'ignored:topic-unusable': 1 });
  });

  it('refuses a body that is too large', () => {
    expect(new LinesBroker().publish('garden', 'x'.repeat(1025))).toBe(413);
  });

  it('T11, M19: charges a publisher more for many subscribers, up to a maximum', () => {
    const publishedBefore = (subscribers: number): number => {
      const broker = new LinesBroker({ concurrentLimit: 20_000, messagesPerSecond: 1, messageBurst: 100 });
      const ann = broker.connectLines();
      for (let count = 0; count < subscribers; count++) broker.openStream('garden');
      let published = 0;
      for (; ann.client.closed === undefined; published++) {
        ann.send('garden rain');
        broker.transport.settle();
      }
      return published;
    };
    const [one, few, many, most] = [publishedBefore(1), publishedBefore(249), publishedBefore(500), publishedBefore(10_000)];
    expect([few === one, many === Math.ceil(one / 3), publishedBefore(5_000) === most]).toEqual([true, true, true]);
    expect(most).toBeGreaterThan(Math.floor(one / 21));
  }, 30_000);

  it('T10: refuses HTTP requests and pauses sockets while too many deliveries are pending', () => {
    const broker = new LinesBroker({ concurrentLimit: 5_000, messageBurst: 100_000 });
    const [ann] = [broker.connectLines(), ...Array.from({ length: 4_000 }, () => broker.openStream('garden'))] as const;
    for (let count = 0; count < 52; count++) ann.send('garden rain');
    expect([broker.publish('garden', 'more'), broker.counts()]).toEqual([
      503,
      expect.objectContaining({ paused: expect.any(Number) as number }),
    ]);
    broker.advance(1_000);
    expect(broker.publish('garden', 'more')).toBe(204);
  });
});
