import { expect, it } from 'vitest';
import { isOverview } from '../../../../src/composition/top-command/overview.ts';

const RATES = { opened: 1, closed: 0, refused: 0, framesIn: 0, framesOut: 0 };
const NODE = {
  ...{ node: 'a', version: '1.0.0', upSeconds: 1, isDraining: false, isEngineReachable: true, connections: 1 },
  ...{ maxConnections: 2, peers: 1, bans: 0, realmCount: 1, realms: [{ realm: 'peerjs', peers: 1, limit: 5 }], perSecond: RATES },
};

it('ADM7: an overview has all that the command shows, and may have more', () => {
  expect(isOverview({ nodes: [{ ...NODE, more: 1 }], missing: ['b'], more: 1 })).toBe(true);
});

it.each([
  ...Object.keys(NODE)
    .filter((name) => !['isDraining', 'isEngineReachable', 'realmCount'].includes(name))
    .map((name) => ({ ...NODE, [name]: undefined })),
  ...Object.keys(RATES).map((name) => ({ ...NODE, perSecond: { ...RATES, [name]: '1' } })),
  { ...NODE, realms: [{ realm: 'peerjs', peers: 1 }] },
  { ...NODE, realms: [null] },
  null,
])('%j is no node', (node) => expect(isOverview({ nodes: [node], missing: [] })).toBe(false));
