import { cases, type CaseDraft } from '../case.ts';
import { assertEqual, assertMembers, assertThat } from '../assertions.ts';
import type { PeerClient } from '../client/peer-client.ts';
import { Failed } from '../outcomes.ts';
import type { Fixture } from '../fixture.ts';
import { sleep, withTimeout } from '../waiting.ts';
import { afterOpen } from './reconnecting.ts';

/** L1 to L5 and M8: liveness timeout and disconnection. */
export const LIVENESS_CASES = cases([
  {
    id: 'L1.silent',
    title: 'Ann connects and sends nothing',
    severity: 'required',
    expected: 'after the liveness timeout her socket is closed and her id is free',
    setup: 'short liveness timeout',
    async run(fixture) {
      const ann = await fixture.connect('ann');
      await ann.waitForClose();
      await fixture.connectWhenFree('new-owner', { id: ann.id });
    },
  },
  {
    id: 'L1.code',
    title: 'Ann connects and sends nothing',
    severity: 'recommended',
    expected: 'her socket is closed with 4002',
    setup: 'short liveness timeout',
    reference: {
      behaviour: 'closes without a status code, which the client reports as 1005',
      evidence: /expected 4002, got 1005/,
    },
    async run(fixture) {
      assertEqual('the close code', (await (await fixture.connect('ann')).waitForClose()).code, 4002);
    },
  },
  {
    id: 'L1.not-early',
    title: 'Ann connects and sends nothing',
    severity: 'required',
    expected: 'her socket stays open until the liveness timeout',
    setup: 'short liveness timeout',
    async run(fixture) {
      const before = performance.now();
      await (await fixture.connect('ann')).waitForClose();
      const lived = Math.ceil(performance.now() - before);
      assertThat(lived >= fixture.setting('alive_timeout') - ROUNDING_MS, `the socket was closed after ${lived} ms`);
    },
  },
  {
    id: 'L1.not-late',
    title: 'Ann connects and sends nothing for much longer than the liveness timeout, while two other peers exchange a message',
    severity: 'recommended',
    expected: 'her socket is closed by then',
    setup: 'short liveness timeout',
    async run(fixture) {
      const ann = await fixture.connect('ann');
      const sweep = Math.max(fixture.server.settings.cleanup_out_msgs ?? 0, LONGEST_SWEEP_MS);
      // L5: pongs may keep a silent peer alive for a second timeout.
      await fixture.wait(2 * fixture.setting('alive_timeout') + 2 * sweep + GRACE_MS);
      await fixture.expectNothing(await fixture.connect('bob'));
      if (ann.isOpen) await withTimeout(GRACE_MS, 'the server to close the socket of ann', ann.ended);
    },
  },
  {
    id: 'L1.old-socket',
    title: 'Ann opens a second socket with her token, and sends HEARTBEAT on the second one only',
    severity: 'required',
    expected: 'the id stays registered: the liveness timeout of the old socket does not end the new session',
    setup: 'short liveness timeout',
    async run(fixture) {
      const [ann, bob] = await fixture.connectPair();
      const again = await fixture.reconnect(ann);
      await keepConnected(fixture, 2, [again, bob], (peer) => peer.send({ type: 'HEARTBEAT' }));
      bob.sendOffer(ann.id, 'still there?');
      assertMembers('frame received on the new socket', await afterOpen(again), { payload: 'still there?' });
    },
  },
  {
    id: 'L1.nothing-left',
    title: 'Ann connects and sends nothing until her socket is closed; another peer connects with her id',
    severity: 'required',
    expected: 'the new owner receives nothing that belongs to Ann',
    setup: 'short liveness timeout',
    async run(fixture) {
      const ann = await fixture.connect('ann');
      await ann.waitForClose();
      await fixture.expectNothing(await fixture.connectWhenFree('new-owner', { id: ann.id }));
    },
  },
  {
    id: 'L2.close',
    title: 'Ann closes her socket; another token requests her id',
    severity: 'required',
    expected: 'OPEN immediately, so a reloaded page can use its id again',
    async run(fixture) {
      const ann = await fixture.connect('ann');
      await ann.close();
      await fixture.connectWhenFree('new-owner', { id: ann.id });
    },
  },
  {
    id: 'L2.close-answered',
    title: 'Ann sends a WebSocket close frame',
    severity: 'recommended',
    expected: 'the server answers with a close frame',
    async run(fixture) {
      const ann = await fixture.connect('ann');
      await ann.close();
      const { code } = await ann.waitForClose();
      assertThat(code !== 1006, 'the server ended the connection without a close frame');
    },
  },
  {
    id: 'L2.cut',
    title: 'Ann loses her connection without a close frame; another token requests her id',
    severity: 'required',
    expected: 'OPEN immediately',
    async run(fixture) {
      const ann = await fixture.connect('ann');
      ann.terminate();
      await fixture.connectWhenFree('new-owner', { id: ann.id });
    },
  },
  {
    id: 'L2.reset',
    title: 'the TCP connection of Ann is reset; another token requests her id',
    severity: 'required',
    expected: 'OPEN immediately',
    async run(fixture) {
      const ann = await fixture.connect('ann');
      ann.reset();
      await fixture.connectWhenFree('new-owner', { id: ann.id });
    },
  },
  {
    id: 'L2.others-not-told',
    title: 'Ann, who has sent a message to Bob, closes her socket',
    severity: 'required',
    expected: 'Bob receives nothing: a disconnection is not announced to other peers',
    async run(fixture) {
      const [ann, bob] = await fixture.connectPair();
      ann.sendOffer(bob.id, 'hello');
      await bob.receive();
      await ann.close();
      await fixture.connectWhenFree('new-owner', { id: ann.id });
      await fixture.expectNothing(bob);
    },
  },
  {
    id: 'L2.many-cut',
    title: '50 peers lose their connections at the same time; another token requests each id',
    severity: 'required',
    expected: 'OPEN for each',
    pace: 'alone',
    async run(fixture) {
      const peers = await Promise.all(Array.from({ length: 50 }, (_, n) => fixture.connect(`peer-${n}`)));
      for (const peer of peers) peer.terminate();
      await Promise.all(peers.map(({ id, name }) => fixture.connectWhenFree(`newOwner-of-${name}`, { id })));
    },
  },
  {
    id: 'L3.heartbeat',
    title: 'Ann and Bob send HEARTBEAT for longer than the liveness timeout; then Ann sends an OFFER to Bob',
    severity: 'required',
    expected: 'Bob receives the OFFER',
    setup: 'short liveness timeout',
    async run(fixture) {
      const [ann, bob] = await fixture.connectPair();
      await keepConnected(fixture, 2.5, [ann, bob], (peer) => peer.send({ type: 'HEARTBEAT' }));
      ann.sendOffer(bob.id, 'still there?');
      assertEqual('the payload', (await bob.receive())['payload'], 'still there?');
    },
  },
  {
    id: 'L3.ping-answered',
    title: 'Ann sends a WebSocket ping',
    severity: 'required',
    expected: 'a pong, as RFC 6455 requires',
    async run(fixture) {
      await (await fixture.connect('ann')).ping();
    },
  },
  {
    id: 'L3.ping-is-no-heartbeat',
    title: 'Ann sends WebSocket pings and no message',
    severity: 'recommended',
    expected: 'her socket is closed after the liveness timeout: pings of the client do not count',
    setup: 'short liveness timeout',
    async run(fixture) {
      const ann = await fixture.connect('ann');
      const pinging = setInterval(() => ann.isOpen && ann.sendPing(), fixture.setting('alive_timeout') / 6);
      await ann.waitForClose().finally(() => clearInterval(pinging));
    },
  },
  {
    id: 'L5.hidden-tab',
    title:
      'Ann sends HEARTBEAT less often than the liveness timeout requires, like a throttled background tab, and answers pings',
    severity: 'recommended',
    expected: 'she stays connected: a pong extends the liveness timeout once, because browsers slow down timers of hidden tabs',
    setup: 'short liveness timeout',
    reference: { behaviour: 'sends no pings', evidence: /was closed after/ },
    async run(fixture) {
      const ann = await fixture.connect('ann');
      const pause = Math.round(1.4 * fixture.setting('alive_timeout'));
      for (let n = 0; n < 3; n++) {
        await sleep(pause);
        assertThat(ann.isOpen, `the socket of Ann was closed after a pause of ${pause} ms`);
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
    title: `Ann sends ${JSON.stringify(frame)} for longer than the liveness timeout, and no HEARTBEAT`,
    severity: 'recommended',
    expected: 'she stays connected: every message counts',
    setup: 'short liveness timeout',
    reference: { behaviour: 'counts HEARTBEAT only', evidence: /was closed after/ },
    async run(fixture) {
      const text = JSON.stringify(frame);
      await keepConnected(fixture, 2.5, [await fixture.connect('ann')], (peer) => peer.sendText(text.replace('{self}', peer.id)));
    },
  })),
  {
    id: 'L4.heir-hears',
    title: 'Ann disconnects, another peer connects with her id and another token, and Bob sends an OFFER to that id',
    severity: 'required',
    expected: 'the new owner receives the OFFER',
    async run(fixture) {
      const [ann, bob] = await fixture.connectPair();
      await ann.close();
      const newOwner = await fixture.connectWhenFree('new-owner', { id: ann.id });
      bob.sendOffer(ann.id, 'hello');
      assertMembers('frame received by the new owner', await newOwner.receive(), { src: bob.id, payload: 'hello' });
    },
  },
]);

/** Tolerance for timers that fire early. */
const ROUNDING_MS = 5;
/** The sweep interval of `peer` for silent peers. */
const LONGEST_SWEEP_MS = 300;
/** The maximum delay of a sweep. A slow machine delays the other peers as well. */
const GRACE_MS = 1_000;

/** @throws Failed if a socket is closed within this number of timeouts. */
async function keepConnected(
  fixture: Fixture,
  timeouts: number,
  peers: readonly PeerClient[],
  speak: (peer: PeerClient) => void,
): Promise<void> {
  const timeout = fixture.setting('alive_timeout');
  const start = performance.now();
  while (performance.now() - start < timeouts * timeout) {
    for (const peer of peers) {
      if (!peer.isOpen) throw new Failed(`${peer.name} was closed after ${Math.round(performance.now() - start)} ms`);
      speak(peer);
    }
    await sleep(timeout / 8);
  }
}
