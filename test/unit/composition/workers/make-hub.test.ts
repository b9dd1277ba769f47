import { expect, it } from 'vitest';
import { ManualClock } from '../../../../src/adapters/clocks/manual.ts';
import { localEngine } from '../../../../src/adapters/engines/local/engine.ts';
import { defaultConfig } from '../../../../src/composition/configuration/config.ts';
import { makeHub } from '../../../../src/composition/workers/make-hub.ts';
import { peer } from '../../../../src/contracts/engines/fixture.ts';
import { nodeId } from '../../../../src/domain/ids.ts';
import { channelPair } from '../../../contracts/engines/local.ts';

it('O6: counts the peers of all workers, with the limit in effect', async () => {
  const config = { ...defaultConfig(), concurrentLimit: 1 };
  const hub = makeHub(config, new ManualClock());
  const directories = ['here', 'there'].map(nodeId).map((node) => {
    const channel = channelPair();
    hub.connect(node, channel.hub);
    return localEngine(channel.node, { node, lease: config.clusterLease, expireTimeout: config.expireTimeout }).directory;
  });
  const claim = (at: number, id: string): Promise<unknown> =>
    new Promise((resolve) => directories[at]?.claim(peer(id, nodeId(at === 0 ? 'here' : 'there')), resolve));
  expect([await claim(0, 'ann'), await claim(1, 'bob')]).toEqual(['granted', 'full']);
  Object.assign(config, { concurrentLimit: 2 });
  expect(await claim(1, 'bob')).toBe('granted');
});
