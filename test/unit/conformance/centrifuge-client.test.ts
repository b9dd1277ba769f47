import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CentrifugeClient, centrifugeTarget } from '../../../conformance/centrifuge-client.ts';
import { Fixture } from '../../../conformance/fixture.ts';
import { profileOf } from '../../../conformance/profile.ts';
import { ConformingCentrifuge } from '../../conformance/topics/conforming-centrifuge.ts';

describe('the Centrifuge client', () => {
  let server: ConformingCentrifuge;
  let fixture: Fixture;
  async function start(settings = {}): Promise<void> {
    server = new ConformingCentrifuge(settings);
    const address = { host: '127.0.0.1', port: await server.start(), secure: false, trustsAnyCertificate: false };
    fixture = new Fixture(profileOf(address, {}, 500));
  }
  beforeEach(() => start());
  afterEach(() => {
    void fixture.close();
    server.stop();
  });

  it('CF6, CF8: connects to the path of the server, subscribes, and receives all pushes before a marker', async () => {
    expect(centrifugeTarget(fixture, '?key=a')).toBe('/connection/websocket?key=a');
    const ann = await CentrifugeClient.connect(fixture, 'ann', 'garden', 'house');
    const bob = await CentrifugeClient.connect(fixture, 'bob');
    bob.send('publish', { channel: 'garden', data: 1 }).send('publish', { channel: 'house', data: 2 });
    expect(await ann.pushesBeforeMarker(bob, 'house')).toEqual([
      ['garden', 1],
      ['house', 2],
    ]);
  });

  it('CF8: keeps pushes before a reply', async () => {
    const ann = await CentrifugeClient.connect(fixture, 'ann', 'garden');
    expect(await ann.call('publish', { channel: 'garden', data: 7 })).toEqual({ id: 3, publish: {} });
    expect(await ann.receive()).toMatchObject({ push: { pub: { data: 7 } } });
  });

  it('CF5: counts pings, and answers them', async () => {
    server.stop();
    await start({ ping_interval: 20, alive_timeout: 200 });
    const ann = await CentrifugeClient.connect(fixture, 'ann');
    await ann.waitForPings(20);
    expect([ann.pings, ann.socket.isOpen]).toEqual([20, true]);
  });

  it('CF3: fails if a reply is an error', async () => {
    await expect(CentrifugeClient.connect(fixture, 'ann', 'a'.repeat(256))).rejects.toThrow('the reply to subscribe: expected');
  });
});
