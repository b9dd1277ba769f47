import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HubClient } from '../../../conformance/hub-client.ts';
import { profileOf } from '../../../conformance/profile.ts';
import { Fixture } from '../../../conformance/fixture.ts';
import type { Settings } from '../../../conformance/settings.ts';
import { ConformingHub } from '../../conformance/topics/conforming-hub.ts';

const KEYED: Settings = { mercure_publisher_key: 'a', mercure_subscriber_key: 'b' };

describe('the hub client', () => {
  let ends: (() => void)[] = [];
  beforeEach(() => (ends = []));
  afterEach(() => ends.forEach((end) => end()));

  async function hubThatIs(settings: Settings): Promise<HubClient> {
    const server = new ConformingHub(settings);
    const address = { host: '127.0.0.1', port: await server.start(), secure: false, trustsAnyCertificate: false };
    const fixture = new Fixture(profileOf(address, settings, 2_000));
    ends.push(() => (fixture.close(), server.stop()));
    return new HubClient(fixture);
  }

  it('MER7: sends a valid token if the hub has keys', async () => {
    const hub = await hubThatIs(KEYED);
    const ann = await hub.openStream('ann', { topic: ['garden', 'house'] });
    const id = await hub.publish({ topic: 'house', data: '1' });
    expect(await ann.receive()).toEqual({ id, data: '1' });
  });

  it('MER7: sends no token on request, or to an open hub', async () => {
    const keyed = await hubThatIs(KEYED);
    await expect(keyed.openStream('ann', { topic: 'a' }, { token: null })).rejects.toThrow(
      'the server refused the stream of ann with 401',
    );
    await expect(keyed.publish({ topic: 'a' }, { token: 'nonsense' })).rejects.toThrow('the server refused the update with 401');
    const open = await hubThatIs({ mercure_open: true });
    await open.openStream('ann', { topic: 'a' });
    await open.publish({ topic: 'a' });
  });

  it('returns the events received before a marker', async () => {
    const hub = await hubThatIs(KEYED);
    const ann = await hub.openStream('ann', { topic: 'a' });
    await hub.expectNothing(ann, 'a');
    await hub.publish({ topic: 'a', data: '1' });
    expect((await hub.receiveUntilMarker(ann, 'a')).map(({ data }) => data)).toEqual(['1']);
    await hub.publish({ topic: 'a', data: '2' });
    await expect(hub.expectNothing(ann, 'a')).rejects.toThrow('ann should receive no event, but received {');
  });
});
