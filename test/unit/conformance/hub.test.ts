import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Hub } from '../../../conformance/hub.ts';
import { profileOf } from '../../../conformance/profile.ts';
import { Scene } from '../../../conformance/scene.ts';
import type { Settings } from '../../../conformance/settings.ts';
import { HonestHub } from '../../conformance/topics/honest-hub.ts';

const KEYED: Settings = { mercure_publisher_key: 'a', mercure_subscriber_key: 'b' };

describe('the hands at a Mercure endpoint', () => {
  let ends: (() => void)[] = [];
  beforeEach(() => (ends = []));
  afterEach(() => ends.forEach((end) => end()));

  async function hubThatIs(settings: Settings): Promise<Hub> {
    const server = new HonestHub(settings);
    const address = { host: '127.0.0.1', port: await server.starts(), secure: false, trustsAnyCertificate: false };
    const scene = new Scene(profileOf(address, settings, 2_000));
    ends.push(() => (scene.end(), server.stops()));
    return new Hub(scene);
  }

  it('MER7: show the token that lets in, where there are secrets', async () => {
    const hub = await hubThatIs(KEYED);
    const ann = await hub.listens('ann', { topic: ['garden', 'house'] });
    const id = await hub.publishes({ topic: 'house', data: '1' });
    expect(await ann.hears()).toEqual({ id, data: '1' });
  });

  it('MER7: show none where they are told so, or where everybody may come', async () => {
    const keyed = await hubThatIs(KEYED);
    await expect(keyed.listens('ann', { topic: 'a' }, { token: null })).rejects.toThrow('ann was refused with 401');
    await expect(keyed.publishes({ topic: 'a' }, { token: 'nonsense' })).rejects.toThrow('publishing was refused with 401');
    const open = await hubThatIs({ mercure_open: true });
    await open.listens('ann', { topic: 'a' });
    await open.publishes({ topic: 'a' });
  });

  it('know what came before a mark', async () => {
    const hub = await hubThatIs(KEYED);
    const ann = await hub.listens('ann', { topic: 'a' });
    await hub.hearsNothing(ann, 'a');
    await hub.publishes({ topic: 'a', data: '1' });
    expect((await hub.hearsBefore(ann, 'a')).map(({ data }) => data)).toEqual(['1']);
    await hub.publishes({ topic: 'a', data: '2' });
    await expect(hub.hearsNothing(ann, 'a')).rejects.toThrow('ann should hear nothing, and heard {');
  });
});
