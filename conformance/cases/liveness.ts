import { cases, type CaseDraft } from '../case.ts';
import { equals, has, holds } from '../claims.ts';
import type { FarPeer } from '../far-end/far-peer.ts';
import { Failed } from '../outcomes.ts';
import type { Scene } from '../scene.ts';
import { elapsed, within } from '../waiting.ts';
import { afterOpen } from './reconnecting.ts';

/** L1 to L5 and M8: liveness and leaving. */
export const LIVENESS_CASES = cases([
  {
    id: 'L1.silent',
    title: 'Ann enters and says nothing',
    severity: 'required',
    expected: 'her socket is closed, and her id is free',
    needs: 'short patience',
    async run(scene) {
      const ann = await scene.enters('ann');
      await ann.closed();
      await scene.entersWhenFree('heir', { id: ann.id });
    },
  },
  {
    id: 'L1.code',
    title: 'Ann enters and says nothing',
    severity: 'recommended',
    expected: 'her socket is closed with 4002',
    needs: 'short patience',
    reference: { does: 'closes without a code, which a client sees as 1005', shows: /expected 4002, got 1005/ },
    async run(scene) {
      equals('the code', (await (await scene.enters('ann')).closed()).code, 4002);
    },
  },
  {
    id: 'L1.not-early',
    title: 'Ann enters and says nothing',
    severity: 'required',
    expected: 'her socket is not closed before the time is over',
    needs: 'short patience',
    async run(scene) {
      const before = performance.now();
      await (await scene.enters('ann')).closed();
      const lived = Math.ceil(performance.now() - before);
      holds(lived >= scene.setting('alive_timeout') - ROUNDING_MS, `it was closed after ${lived} ms`);
    },
  },
  {
    id: 'L1.not-late',
    title: 'Ann enters and says nothing until her time is long over; two others send each other a message',
    severity: 'recommended',
    expected: 'her socket is closed by then',
    needs: 'short patience',
    async run(scene) {
      const ann = await scene.enters('ann');
      const sweep = Math.max(scene.server.settings.cleanup_out_msgs ?? 0, LONGEST_SWEEP_MS);
      // L5: a server may count the pongs of a silent peer for as long again.
      await scene.waits(2 * scene.setting('alive_timeout') + 2 * sweep + GRACE_MS);
      await scene.hearsNothing(await scene.enters('bob'));
      if (ann.isOpen) await within(GRACE_MS, 'the socket of ann to be closed', ann.ended);
    },
  },
  {
    id: 'L1.old-socket',
    title: 'Ann opens a second socket with her token, and sends HEARTBEAT on that one only',
    severity: 'required',
    expected: 'the id stays hers, for all the silence of the first',
    needs: 'short patience',
    async run(scene) {
      const [ann, bob] = await scene.pair();
      const again = await scene.comesBack(ann);
      await stay(scene, 2, [again, bob], (peer) => peer.sends({ type: 'HEARTBEAT' }));
      bob.offers(ann.id, 'still there?');
      has('what the new socket hears', await afterOpen(again), { payload: 'still there?' });
    },
  },
  {
    id: 'L1.nothing-left',
    title: 'Ann says nothing until she is closed; an heir enters with her id',
    severity: 'required',
    expected: 'the heir hears nothing of her time',
    needs: 'short patience',
    async run(scene) {
      const ann = await scene.enters('ann');
      await ann.closed();
      await scene.hearsNothing(await scene.entersWhenFree('heir', { id: ann.id }));
    },
  },
  {
    id: 'L2.close',
    title: 'Ann closes her socket; another token asks for her id',
    severity: 'required',
    expected: 'OPEN, at once',
    async run(scene) {
      const ann = await scene.enters('ann');
      await ann.leaves();
      await scene.entersWhenFree('heir', { id: ann.id });
    },
  },
  {
    id: 'L2.close-answered',
    title: 'Ann closes her socket with a close frame',
    severity: 'recommended',
    expected: 'the server answers with one',
    async run(scene) {
      const ann = await scene.enters('ann');
      await ann.leaves();
      const { code } = await ann.closed();
      holds(code !== 1006, 'the connection was cut');
    },
  },
  {
    id: 'L2.cut',
    title: 'Ann is cut off without a close frame; another token asks for her id',
    severity: 'required',
    expected: 'OPEN, at once',
    async run(scene) {
      const ann = await scene.enters('ann');
      ann.cut();
      await scene.entersWhenFree('heir', { id: ann.id });
    },
  },
  {
    id: 'L2.reset',
    title: "Ann's connection is reset; another token asks for her id",
    severity: 'required',
    expected: 'OPEN, at once',
    async run(scene) {
      const ann = await scene.enters('ann');
      ann.resets();
      await scene.entersWhenFree('heir', { id: ann.id });
    },
  },
  {
    id: 'L2.others-not-told',
    title: 'Ann, who has written to Bob, closes her socket',
    severity: 'required',
    expected: 'Bob hears nothing of that',
    async run(scene) {
      const [ann, bob] = await scene.pair();
      ann.offers(bob.id, 'hello');
      await bob.hears();
      await ann.leaves();
      await scene.entersWhenFree('heir', { id: ann.id });
      await scene.hearsNothing(bob);
    },
  },
  {
    id: 'L2.many-cut',
    title: 'fifty peers are cut off at once; another token asks for each id',
    severity: 'required',
    expected: 'OPEN for each',
    pace: 'alone',
    async run(scene) {
      const peers = await Promise.all(Array.from({ length: 50 }, (_, n) => scene.enters(`peer-${n}`)));
      for (const peer of peers) peer.cut();
      await Promise.all(peers.map(({ id, name }) => scene.entersWhenFree(`heir-of-${name}`, { id })));
    },
  },
  {
    id: 'L3.heartbeat',
    title: 'Ann and Bob send HEARTBEAT for longer than they may be silent; then Ann writes to Bob',
    severity: 'required',
    expected: 'Bob hears her',
    needs: 'short patience',
    async run(scene) {
      const [ann, bob] = await scene.pair();
      await stay(scene, 2.5, [ann, bob], (peer) => peer.sends({ type: 'HEARTBEAT' }));
      ann.offers(bob.id, 'still there?');
      equals('the payload', (await bob.hears())['payload'], 'still there?');
    },
  },
  {
    id: 'L3.ping-answered',
    title: 'Ann sends a WebSocket ping',
    severity: 'required',
    expected: 'a pong comes back',
    async run(scene) {
      await (await scene.enters('ann')).pings();
    },
  },
  {
    id: 'L3.ping-is-no-heartbeat',
    title: 'Ann sends WebSocket pings and nothing else',
    severity: 'recommended',
    expected: 'her socket is closed: pings alone do not keep a peer',
    needs: 'short patience',
    async run(scene) {
      const ann = await scene.enters('ann');
      const pinging = setInterval(() => ann.isOpen && ann.sendsPing(), scene.setting('alive_timeout') / 6);
      await ann.closed().finally(() => clearInterval(pinging));
    },
  },
  {
    id: 'L5.hidden-tab',
    title: 'Ann sends HEARTBEAT less often than her time allows, as from a hidden tab, and her client answers pings',
    severity: 'recommended',
    expected: 'she stays: a pong is a sign of life for as long again',
    needs: 'short patience',
    reference: { does: 'sends no pings', shows: /was closed after/ },
    async run(scene) {
      const ann = await scene.enters('ann');
      const pause = Math.round(1.4 * scene.setting('alive_timeout'));
      for (let n = 0; n < 3; n++) {
        await elapsed(pause);
        holds(ann.isOpen, `her socket was closed after a pause of ${pause} ms`);
        ann.sends({ type: 'HEARTBEAT' });
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
    needs: 'short patience',
    reference: { does: 'counts HEARTBEAT only', shows: /was closed after/ },
    async run(scene) {
      const text = JSON.stringify(frame);
      await stay(scene, 2.5, [await scene.enters('ann')], (peer) => peer.sendsText(text.replace('{self}', peer.id)));
    },
  })),
  {
    id: 'L4.heir-hears',
    title: 'Ann leaves, an heir enters with her id and another token, and Bob writes to that id',
    severity: 'required',
    expected: 'the heir hears him',
    async run(scene) {
      const [ann, bob] = await scene.pair();
      await ann.leaves();
      const heir = await scene.entersWhenFree('heir', { id: ann.id });
      bob.offers(ann.id, 'hello');
      has('what the heir hears', await heir.hears(), { src: bob.id, payload: 'hello' });
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
async function stay(scene: Scene, timeouts: number, peers: readonly FarPeer[], speak: (peer: FarPeer) => void): Promise<void> {
  const timeout = scene.setting('alive_timeout');
  const start = performance.now();
  while (performance.now() - start < timeouts * timeout) {
    for (const peer of peers) {
      if (!peer.isOpen) throw new Failed(`${peer.name} was closed after ${Math.round(performance.now() - start)} ms`);
      speak(peer);
    }
    await elapsed(timeout / 8);
  }
}
