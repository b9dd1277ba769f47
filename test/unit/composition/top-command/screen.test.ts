import { describe, expect, it } from 'vitest';
import { screenLines } from '../../../../src/composition/top-command/screen.ts';
import type { NodeInOverview, Overview } from '../../../../src/composition/top-command/overview.ts';

const NODE: NodeInOverview = {
  ...{ node: 'a', version: '1.0.0', upSeconds: 59, isDraining: false, isEngineReachable: true, connections: 1_200 },
  ...{ maxConnections: 100_000, peers: 1_000, bans: 2, realmCount: 1, realms: [{ realm: 'peerjs', peers: 1_000, limit: 5_000 }] },
  perSecond: { opened: 3, closed: 2, refused: 1, framesIn: 350, framesOut: 700 },
};

const OVERVIEW: Overview = {
  nodes: [
    NODE,
    {
      ...{ ...NODE, node: 'b', upSeconds: 90_000, isDraining: true, connections: 5, peers: 500, bans: 2 },
      realms: [
        { realm: 'peerjs', peers: 250, limit: 5_000 },
        { realm: 'games', peers: 250, limit: 5_000 },
      ],
    },
  ],
  missing: ['c'],
};

describe('the screen of signalbox top', () => {
  it('has totals, nodes, silent nodes, and the realms of all nodes, the largest first', () => {
    expect(screenLines(OVERVIEW, undefined)).toEqual([
      'signalbox: 2 nodes, no answer from c',
      'peers 1,500 | connections 1,205 of 200,000 | frames in 700/s, out 1,400/s | refused 2/s | bans 2',
      '',
      'NODE  STATE       UP  CONNECTIONS  PEERS  IN/S  OUT/S  OPENED/S  CLOSED/S  REFUSED/S  VERSION',
      'a     ready      59s        1,200  1,000   350    700         3         2          1    1.0.0',
      'b     draining    1d            5    500   350    700         3         2          1    1.0.0',
      'c     no answer',
      '',
      'REALM   PEERS  LIMIT  USED',
      'peerjs  1,250  5,000  25 %',
      'games     250  5,000   5 %',
    ]);
  });

  it('names a node that cannot reach the engine, and hours and minutes', () => {
    const lines = screenLines({ nodes: [{ ...NODE, isEngineReachable: false, upSeconds: 7_300 }], missing: [] }, undefined);
    expect([lines[0], lines[4]]).toEqual(['signalbox: 1 node', expect.stringMatching(/^a +cut off +2h /)]);
    expect(screenLines({ nodes: [{ ...NODE, upSeconds: 130 }], missing: [] }, undefined)[4]).toMatch(/ 2m /);
  });

  it('fits the terminal, and contains no control character of another program', () => {
    const odd = { ...OVERVIEW, missing: ['\u001B[2Jc\n'] };
    const lines = screenLines(odd, { columns: 30, rows: 6 });
    expect([lines.length, Math.max(...lines.map(({ length }) => length))]).toEqual([5, 30]);
    expect(screenLines(odd, undefined).join('')).not.toMatch(/\p{Cc}/u);
  });
});
