import { cases, type Case } from '../case.ts';
import { assertEqual, assertMembers } from '../assertions.ts';
import type { PeerClient } from '../client/peer-client.ts';
import type { Fixture } from '../fixture.ts';
import { afterOpen } from './reconnecting.ts';
import { FULL, refusedWith, TAKEN } from './refusals.ts';

/** Each case fills an empty server up to its limit. */
const FILLS_SERVER = { setup: 'low concurrent limit', pace: 'alone' } as const satisfies Partial<Case>;

/** O6: the concurrent limit. */
export const CONCURRENT_LIMIT_CASES = cases([
  {
    ...FILLS_SERVER,
    id: 'O6.full',
    title: 'as many peers as the limit allows connect, then one more',
    severity: 'required',
    expected: 'the last one receives an ERROR frame with the reason, and its socket is closed',
    async run(fixture) {
      await fillServer(fixture);
      const refused = await fixture.openSocket('over-limit');
      const first = await refused.receive();
      await refused.waitForClose();
      return refusedWith(first, FULL);
    },
  },
  {
    ...FILLS_SERVER,
    id: 'O6.room-again',
    title: 'as many peers as the limit allows connect; one disconnects, and another one connects',
    severity: 'required',
    expected: 'OPEN: a disconnected peer does not count',
    async run(fixture) {
      const [ann] = await fillServer(fixture);
      await ann?.close();
      await fixture.connectWhenFree('bob');
    },
  },
  {
    ...FILLS_SERVER,
    id: 'O6.code',
    title: 'as many peers as the limit allows connect, then one more',
    severity: 'recommended',
    expected: 'the last socket is closed with 1013 (try again later)',
    reference: {
      behaviour: 'closes without a status code, which the client reports as 1005',
      evidence: /expected 1013, got 1005/,
    },
    async run(fixture) {
      await fillServer(fixture);
      assertEqual('the close code', (await (await fixture.openSocket('over-limit')).waitForClose()).code, 1013);
    },
  },
  {
    ...FILLS_SERVER,
    id: 'O6.refused-take-no-room',
    title:
      'more sockets than the limit are refused, for an unknown key or a taken id; then as many peers as the limit allows connect',
    severity: 'required',
    expected: 'OPEN for each peer: refused sockets do not count',
    async run(fixture) {
      const ann = await fixture.connectWhenFree('ann');
      for (let n = 0; n < fixture.setting('concurrent_limit'); n++) {
        await (await fixture.openSocket('unknown-key', { key: 'unknown' })).waitForClose();
        await (await fixture.openSocket('intruder', { id: ann.id })).waitForClose();
      }
      for (let n = 1; n < fixture.setting('concurrent_limit'); n++) await fixture.connectWhenFree(`peer-${n}`);
    },
  },
  {
    ...FILLS_SERVER,
    id: 'O6.reconnect',
    title: 'as many peers as the limit allows connect; one of them opens a second socket with its token',
    severity: 'required',
    expected: 'OPEN, and messages are delivered to the second socket: a reconnect does not count twice',
    async run(fixture) {
      const [ann, bob = ann] = await fillServer(fixture);
      if (ann === undefined || bob === undefined) return;
      const again = await fixture.reconnect(ann);
      bob.sendOffer(ann.id, 'still here');
      assertMembers('frame received on the new socket', await afterOpen(again), { src: bob.id, payload: 'still here' });
    },
  },
  {
    ...FILLS_SERVER,
    id: 'O6.taken',
    title: 'as many peers as the limit allows connect; a socket requests the id of one of them with another token',
    severity: 'recommended',
    expected: 'ID-TAKEN, even if the server is full',
    async run(fixture) {
      const [ann] = await fillServer(fixture);
      assertMembers('the first frame', await (await fixture.openSocket('intruder', { id: ann?.id })).receive(), {
        type: TAKEN.type,
      });
    },
  },
]);

async function fillServer(fixture: Fixture): Promise<PeerClient[]> {
  const peers: PeerClient[] = [];
  while (peers.length < fixture.setting('concurrent_limit')) peers.push(await fixture.connectWhenFree(`peer-${peers.length}`));
  return peers;
}
