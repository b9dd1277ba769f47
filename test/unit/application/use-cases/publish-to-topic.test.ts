import { describe, expect, it } from 'vitest';
import { LinesBroker } from '../../../support/lines-broker.ts';

describe('publishing', () => {
  it('T3, T4: from a connection, to sockets and streams alike, in order, and not to itself', () => {
    const house = new LinesBroker();
    const [ann, bob] = [house.connectLines(), house.connectLines()];
    for (const one of [ann, bob]) one.send('+garden');
    const stream = house.openStream('garden', 'house');
    for (const text of ['one', 'two', 'three']) ann.send(`garden ${text}`);
    expect(bob.received.slice(1)).toEqual(['garden one', 'garden two', 'garden three']);
    expect(stream.received.slice(2).join('')).toBe('garden one\ngarden two\ngarden three\n');
    expect(ann.received.filter((line) => line.startsWith('garden'))).toEqual([]);
  });

  it('T3: from a request', () => {
    const house = new LinesBroker();
    const ann = house.connectLines();
    ann.send('+garden');
    expect([house.publish('garden', 'rain'), house.publish('', 'rain'), ann.received.at(-1)]).toEqual([204, 400, 'garden rain']);
  });

  it('T2: of a realm that is not there is refused', () => {
    const house = new LinesBroker();
    const exchange = house.transport.request('POST', '/lines?topic=a&key=none');
    house.transport.settle();
    expect(exchange.answered).toMatchObject({ status: 404, body: 'key-unknown\n' });
  });

  it('T1: on a topic that is none is ignored, and counted', () => {
    const house = new LinesBroker({ topicLength: 3 });
    house.connectLines().send('long text');
    expect(house.tally.all()).toEqual({ 'ignored:topic-unusable': 1 });
  });

  it('bodies that are too big are refused', () => {
    expect(new LinesBroker().publish('garden', 'x'.repeat(1025))).toBe(413);
  });

  it('T11, M19: many listeners cost their publisher more, and never more than a bound', () => {
    const publishedBefore = (listeners: number): number => {
      const house = new LinesBroker({ concurrentLimit: 20_000, messagesPerSecond: 1, messageBurst: 100 });
      const ann = house.connectLines();
      for (let count = 0; count < listeners; count++) house.openStream('garden');
      let published = 0;
      for (; ann.client.closed === undefined; published++) {
        ann.send('garden rain');
        house.transport.settle();
      }
      return published;
    };
    const [one, few, many] = [publishedBefore(1), publishedBefore(249), publishedBefore(500)];
    expect([few === one, many === Math.ceil(one / 3), publishedBefore(5_000) === publishedBefore(10_000)]).toEqual([
      true,
      true,
      true,
    ]);
    expect(publishedBefore(10_000)).toBeGreaterThan(Math.floor(one / 21));
  });

  it('T10: while too many deliveries wait, a request is refused and a socket is not read', () => {
    const house = new LinesBroker({ concurrentLimit: 5_000, messageBurst: 100_000 });
    const [ann] = [house.connectLines(), ...Array.from({ length: 4_000 }, () => house.openStream('garden'))] as const;
    for (let count = 0; count < 52; count++) ann.send('garden rain');
    expect([house.publish('garden', 'more'), house.tally.all()]).toEqual([
      503,
      expect.objectContaining({ paused: expect.any(Number) as number }),
    ]);
    house.advance(1_000);
    expect(house.publish('garden', 'more')).toBe(204);
  });
});
