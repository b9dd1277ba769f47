import { cases, type CaseDraft } from '../case.ts';
import { assertEqual, assertMembers, assertThat } from '../assertions.ts';
import type { PeerClient } from '../client/peer-client.ts';
import { Failed } from '../outcomes.ts';
import type { Fixture } from '../fixture.ts';
import { sleep, withTimeout } from '../waiting.ts';
import { afterOpen } from './reconnecting.ts';

/** L1 to L5 and M8: liveness and leaving. */
export const LIVENESS_CASES = cases([
  {
    id: 'L1.silent',
    title: 'Ann enters and says nothing',
    severity: 'required',
    expected: 'her socket is closed, and her id is free',
    setup: 'short patience',
    async run(scene) {
      const ann = await scene.connect('ann');
      await ann.waitForClose();
      await scene.connectWhenFree('heir', { id: ann.id });
    },
  },
  {
    id: 'L1.code',
    title: 'Ann enters and says nothing',
    severity: 'recommended',
    expected: 'her socket is closed with 4002',
    setup: 'short patience',
    reference: { behaviour: 'closes without a code, which a client sees as 1005', evidence: /expected 4002, got 1005/ },
    async run(scene) {
      assertEqual('the code', (await (await scene.connect('ann')).waitForClose()).code, 4002);
    },
  },
  {
    id: 'L1.not-early',
    title: 'Ann enters and says nothing',
    severity: 'required',
    expected: 'her socket is not closed before the time is over',
    setup: 'short patience',
    async run(scene) {
      const before = performance.now();
      await (await scene.connect('ann')).waitForClose();
      const lived = Math.ceil(performance.now() - before);
      assertThat(lived >= scene.setting('alive_timeout') - ROUNDING_MS, `it was closed after ${lived} ms`);
    },
  },
  {
    id: 'L1.not-late',
    title: 'Ann enters and says nothing until her time is long over; two others send each other a message',
    severity: 'recommended',
    expected: 'her socket is closed by then',
    setup: 'short patience',
    async run(scene) {
      const ann = await scene.connect('ann');
      const sweep = Math.max(scene.server.settings.cleanup_out_msgs ?? 0, LONGEST_SWEEP_MS);
      // L5: a server may count the pongs of a silent peer for as long again.
      await scene.wait(2 * scene.setting('alive_timeout') + 2 * sweep + GRACE_MS);
      await scene.expectNothing(await scene.connect('bob'));
      if (ann.isOpen) await withTimeout(GRACE_MS, 'the socket of ann to be closed', ann.ended);
    },
  },
  {
    id: 'L1.old-socket',
    title: 'Ann opens a second socket with her token, and sends HEARTBEAT on that one only',
    severity: 'required',
    expected: 'the id stays hers, for all the silence of the first',
    setup: 'short patience',
    async run(scene) {
      const [ann, bob] = await scene.connectPair();
      const again = await scene.reconnect(ann);
      await keepConnected(scene, 2, [again, bob], (peer) => peer.send({ type: 'HEARTBEAT' }));
      bob.sendOffer(ann.id, 'still there?');
      assertMembers('what the new socket hears', await afterOpen(again), { payload: 'still there?' });
    },
  },
  {
    id: 'L1.nothing-left',
    title: 'Ann says nothing until she is closed; an heir enters with her id',
    severity: 'required',
    expected: 'the heir hears nothing of her time',
    setup: 'short patience',
    async run(scene) {
      const ann = await scene.connect('ann');
      await ann.waitForClose();
      await scene.expectNothing(await scene.connectWhenFree('heir', { id: ann.id }));
    },
  },
  {
    id: 'L2.close',
    title: 'Ann closes her socket; another token asks for her id',
    severity: 'required',
    expected: 'OPEN, at once',
    async run(scene) {
      const ann = await scene.connect('ann');
      await ann.close();
      await scene.connectWhenFree('heir', { id: ann.id });
    },
  },
  {
    id: 'L2.close-answered',
    title: 'Ann closes her socket with a close frame',
    severity: 'recommended',
    expected: 'the server answers with one',
    async run(scene) {
      const ann = await scene.connect('ann');
      await ann.close();
      const { code } = await ann.waitForClose();
      assertThat(code !== 1006, 'the connection was cut');
    },
  },
  {
    id: 'L2.cut',
    title: 'Ann is cut off without a close frame; another token asks for her id',
    severity: 'required',
    expected: 'OPEN, at once',
    async run(scene) {
      const ann = await scene.connect('ann');
      ann.terminate();
      await scene.connectWhenFree('heir', { id: ann.id });
    },
  },
  {
    id: 'L2.reset',
    title: "Ann's connection is reset; another token asks for her id",
    severity: 'required',
    expected: 'OPEN, at once',
    async run(scene) {
      const ann = await scene.connect('ann');
      ann.reset();
      await scene.connectWhenFree('heir', { id: ann.id });
    },
  },
  {
    id: 'L2.others-not-told',
    title: 'Ann, who has written to Bob, closes her socket',
    severity: 'required',
    expected: 'Bob hears nothing of that',
    async run(scene) {
      const [ann, bob] = await scene.connectPair();
      ann.sendOffer(bob.id, 'hello');
      await bob.receive();
      await ann.close();
      await scene.connectWhenFree('heir', { id: ann.id });
      await scene.expectNothing(bob);
    },
  },
  {
    id: 'L2.many-cut',
    title: 'fifty peers are cut off at once; another token asks for each id',
    severity: 'required',
    expected: 'OPEN for each',
    pace: 'alone',
    async run(scene) {
      const peers = await Promise.all(Array.from({ length: 50 }, (_, n) => scene.connect(`peer-${n}`)));
      for (const peer of peers) peer.terminate();
      await Promise.all(peers.map(({ id, name }) => scene.connectWhenFree(`heir-of-${name}`, { id })));
    },
  },
  {
    id: 'L3.heartbeat',
    title: 'Ann and Bob send HEARTBEAT for longer than they may be silent; then Ann writes to Bob',
    severity: 'required',
    expected: 'Bob hears her',
    setup: 'short patience',
    async run(scene) {
      const [ann, bob] = await scene.connectPair();
      await keepConnected(scene, 2.5, [ann, bob], (peer) => peer.send({ type: 'HEARTBEAT' }));
      ann.sendOffer(bob.id, 'still there?');
      assertEqual('the payload', (await bob.receive())['payload'], 'still there?');
    },
  },
  {
    id: 'L3.ping-answered',
    title: 'Ann sends a WebSocket ping',
    severity: 'required',
    expected: 'a pong comes back',
    async run(scene) {
      await (await scene.connect('ann')).ping();
    },
  },
  {
    id: 'L3.ping-is-no-heartbeat',
    title: 'Ann sends WebSocket pings and nothing else',
    severity: 'recommended',
    expected: 'her socket is closed: pings alone do not keep a peer',
    setup: 'short patience',
    async run(scene) {
      const ann = await scene.connect('ann');
      const pinging = setInterval(() => ann.isOpen && ann.sendPing(), scene.setting('alive_timeout') / 6);
      await ann.waitForClose().finally(() => clearInterval(pinging));
    },
  },
  {
    id: 'L5.hidden-tab',
    title: 'Ann sends HEARTBEAT less often than her time allows, as from a hidden tab, and her client answers pings',
    severity: 'recommended',
    expected: 'she stays: a pong is a sign of life for as long again',
    setup: 'short patience',
    reference: { behaviour: 'sends no pings', evidence: /was closed after/ },
    async run(scene) {
      const ann = await scene.connect('ann');
      const pause = Math.round(1.4 * scene.setting('alive_timeout'));
      for (let n = 0; n < 3; n++) {
        await sleep(pause);
        assertThat(ann.isOpen, `her socket was closed after a pause of ${pause} ms`);
        ann.send({ type: 'HEARTBEAT' });
      }
    },
  },
  ...Object.entries({
    candidate: { type: 'CANDIDATE', dst: '{self}' },
    'unknown-type': { type: 'UNKNOWN' },
    'no-dst': { type: 'OFFER' },
  }).map(([name, frame]): CaseDraft => ({
    id: `M8.alive-by-${name}`,
    title: `Ann sends ${JSON.stringify(frame)} for longer than she may be silent, and no HEARTBEAT`,
    severity: 'recommended',
    expected: 'she stays: every message is a sign of life',
    setup: 'short patience',
    reference: { behaviour: 'counts HEARTBEAT only', evidence: /was closed after/ },
    async run(scene) {
      const text = JSON.stringify(frame);
      await keepConnected(scene, 2.5, [await scene.connect('ann')], (peer) => peer.sendText(text.replace('{self}', peer.id)));
    },
  })),
  {
    id: 'L4.heir-hears',
    title: 'Ann leaves, an heir enters with her id and another token, and Bob writes to that id',
    severity: 'required',
    expected: 'the heir hears him',
    async run(scene) {
      const [ann, bob] = await scene.connectPair();
      await ann.close();
      const heir = await scene.connectWhenFree('heir', { id: ann.id });
      bob.sendOffer(ann.id, 'hello');
      assertMembers('what the heir hears', await heir.receive(), { src: bob.id, payload: 'hello' });
    },
  },
]);

/** A timer may ring a little early. */
const ROUNDING_MS = 5;
/** Of `peer`: how often it looks for who is silent. */
const LONGEST_SWEEP_MS = 300;
/** How late a sweep may be. What a slow machine delays, it delays for the others, too. */
const GRACE_MS = 1_000;

/** @throws Failed where one is closed before so many timeouts have passed. */
async function keepConnected(
  scene: Fixture,
  timeouts: number,
  peers: readonly PeerClient[],
  speak: (peer: PeerClient) => void,
): Promise<void> {
  const timeout = scene.setting('alive_timeout');
  const start = performance.now();
  while (performance.now() - start < timeouts * timeout) {
    for (const peer of peers) {
      if (!peer.isOpen) throw new Failed(`${peer.name} was closed after ${Math.round(performance.now() - start)} ms`);
      speak(peer);
    }
    await sleep(timeout / 8);
  }
}
