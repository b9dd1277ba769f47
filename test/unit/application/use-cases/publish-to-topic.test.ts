import { describe, expect, it } from 'vitest';
import { LinesHouse } from '../../../support/lines.ts';

describe('publishing', () => {
  it('T3, T4: from a connection, to sockets and streams alike, in order, and not to itself', () => {
    const house = new LinesHouse();
    const [ann, bob] = [house.enters(), house.enters()];
    for (const one of [ann, bob]) one.says('+garden');
    const stream = house.listens('garden', 'house');
    for (const text of ['one', 'two', 'three']) ann.says(`garden ${text}`);
    expect(bob.heard.slice(1)).toEqual(['garden one', 'garden two', 'garden three']);
    expect(stream.heard.slice(2).join('')).toBe('garden one\ngarden two\ngarden three\n');
    expect(ann.heard.filter((line) => line.startsWith('garden'))).toEqual([]);
  });

  it('T3: from a request', () => {
    const house = new LinesHouse();
    const ann = house.enters();
    ann.says('+garden');
    expect([house.publishes('garden', 'rain'), house.publishes('', 'rain'), ann.heard.at(-1)]).toEqual([204, 400, 'garden rain']);
  });

  it('T2: of a realm that is not there is refused', () => {
    const house = new LinesHouse();
    const exchange = house.transport.request('POST', '/lines?topic=a&key=none');
    house.transport.settle();
    expect(exchange.answered).toMatchObject({ status: 404, body: 'key-unknown\n' });
  });

  it('T1: on a topic that is none is ignored, and counted', () => {
    const house = new LinesHouse({ topicLength: 3 });
    house.enters().says('long text');
    expect(house.tally.all()).toEqual({ 'ignored:topic-unusable': 1 });
  });

  it('bodies that are too big are refused', () => {
    expect(new LinesHouse().publishes('garden', 'x'.repeat(1025))).toBe(413);
  });

  it('T11, M19: many listeners cost their publisher more, and never more than a bound', () => {
    const publishedBefore = (listeners: number): number => {
      const house = new LinesHouse({ concurrentLimit: 20_000, messagesPerSecond: 1, messageBurst: 100 });
      const ann = house.enters();
      for (let count = 0; count < listeners; count++) house.listens('garden');
      let published = 0;
      for (; ann.far.closed === undefined; published++) {
        ann.says('garden rain');
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
    const house = new LinesHouse({ concurrentLimit: 5_000, messageBurst: 100_000 });
    const [ann] = [house.enters(), ...Array.from({ length: 4_000 }, () => house.listens('garden'))] as const;
    for (let count = 0; count < 52; count++) ann.says('garden rain');
    expect([house.publishes('garden', 'more'), house.tally.all()]).toEqual([
      503,
      expect.objectContaining({ paused: expect.any(Number) as number }),
    ]);
    house.passes(1_000);
    expect(house.publishes('garden', 'more')).toBe(204);
  });
});
