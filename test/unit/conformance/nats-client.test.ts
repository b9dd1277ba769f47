import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { messageText, NatsClient, natsTarget } from '../../../conformance/nats-client.ts';
import { Fixture } from '../../../conformance/fixture.ts';
import { profileOf } from '../../../conformance/profile.ts';
import { ConformingNats } from '../../conformance/topics/conforming-nats.ts';

describe('the NATS client of the suite', () => {
  let server: ConformingNats;
  let fixture: Fixture;
  async function start(settings = {}): Promise<void> {
    server = new ConformingNats(settings);
    const address = { host: '127.0.0.1', port: await server.start(), secure: false, trustsAnyCertificate: false };
    fixture = new Fixture(profileOf(address, {}, 500));
  }
  beforeEach(() => start());
  afterEach(() => {
    void fixture.close();
    server.stop();
  });

  it('NA3, NA11, NA12: connects to the path of the server, subscribes, and receives all parts before a PONG', async () => {
    expect(natsTarget(fixture)).toBe('/nats');
    const ann = await NatsClient.connect(fixture, 'ann', 'garden', 'house');
    const bob = await NatsClient.connect(fixture, 'bob');
    bob.publish('garden', 'a\r\nb', 'reply').publish('house', '');
    expect(await ann.partsAfter(bob)).toEqual([messageText('garden', 's0', 'a\r\nb', 'reply'), messageText('house', 's1', '')]);
  });

  it('NA6: counts pings, and answers them', async () => {
    server.stop();
    await start({ ping_interval: 20, alive_timeout: 200 });
    const ann = await NatsClient.connect(fixture, 'ann');
    await ann.waitForPings(20);
    expect([ann.pings >= 20, ann.socket.isOpen]).toEqual([true, true]);
  });

  it('NA9: fails if a subscription is refused', async () => {
    await expect(NatsClient.connect(fixture, 'ann', 'a..b')).rejects.toThrow('nothing was expected');
  });
});
