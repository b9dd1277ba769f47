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
});
