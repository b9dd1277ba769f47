import { cases } from '../case.ts';
import { assertEqual, assertMembers, assertThat, formatValue } from '../assertions.ts';
import type { Frame, PeerClient } from '../client/peer-client.ts';
import { uniqueName, type Fixture } from '../fixture.ts';
import { Failed, Inconclusive, NotTestable } from '../outcomes.ts';
import { createClientToken } from '../token.ts';
import { INVALID_TOKEN, TOKEN_EXPIRED, tokenOf } from './access-refusals.ts';
import { refusedWith } from './refusals.ts';

const SETUP = 'required authentication';
const MAX_LEEWAY_SECONDS = 5;
const MARGIN_MS = 100;
/** Older clients send no version, and receive no messages about their token. */
const CLIENT_VERSION = '1.5.5';
/** Long enough that a busy machine refreshes the token in time. */
const REFRESHED_SECONDS = 8;

/** A5, A7: the expiry of an open peer, and its refresh. */
export const ACCESS_EXPIRY_CASES = cases([
  {
    id: 'A5.closes',
    title: 'Ann connects with a token that expires within two seconds',
    severity: 'hardening',
    expected: `an ERROR "${TOKEN_EXPIRED}" and the close, not before the token has expired`,
    setup: SETUP,
    async run(fixture) {
      const { ann, exp } = await connectUntil(fixture, 2);
      const error = await receiveType(ann, 'ERROR', fixture.patience + leewayMs(fixture));
      assertThat(Date.now() > exp * 1_000 - MARGIN_MS, 'the ERROR arrived before the token had expired');
      await ann.waitForClose();
      return refusedWith(error, { type: 'ERROR', payload: { msg: TOKEN_EXPIRED } });
    },
  },
  {
    id: 'A5.code',
    title: 'Ann connects with a token that expires within two seconds',
    severity: 'recommended',
    expected: 'the socket is closed with 4003',
    setup: SETUP,
    async run(fixture) {
      const { ann } = await connectUntil(fixture, 2);
      await receiveType(ann, 'ERROR', fixture.patience + leewayMs(fixture));
      assertEqual('the close code', (await ann.waitForClose()).code, 4003);
    },
  },
  {
    id: 'A7.told',
    title: 'Ann connects with ?version=1.5.5 and a token that expires within eight seconds',
    severity: 'recommended',
    expected: 'a TOKEN-EXPIRING with the remaining seconds arrives before the ERROR',
    setup: SETUP,
    async run(fixture) {
      const { ann } = await connectUntil(fixture, REFRESHED_SECONDS);
      const { payload } = await receiveType(ann, 'TOKEN-EXPIRING', fixture.patience + leewayMs(fixture));
      const seconds = (payload as { readonly in?: unknown } | undefined)?.in;
      const isPlausible = typeof seconds === 'number' && seconds >= 0 && seconds <= REFRESHED_SECONDS + MAX_LEEWAY_SECONDS;
      assertThat(isPlausible, `the payload should have the remaining seconds, but is ${formatValue(payload)}`);
    },
  },
  {
    id: 'A7.refreshed',
    title: 'Ann connects with a token that expires within eight seconds, sends a TOKEN of the same subject, and waits for longer',
    severity: 'recommended',
    expected: 'a TOKEN-ACCEPTED; Ann stays connected, and her messages are relayed',
    setup: SETUP,
    async run(fixture) {
      const bob = await fixture.connect('bob');
      const { ann, exp, sub } = await connectUntil(fixture, REFRESHED_SECONDS);
      ann.send({ type: 'TOKEN', payload: { token: tokenOf(fixture, { sub }) } });
      await receiveType(ann, 'TOKEN-ACCEPTED', fixture.patience);
      await fixture.wait(exp * 1_000 - Date.now() + leewayMs(fixture) + 1_500);
      assertThat(ann.isOpen, 'Ann was disconnected when the first token expired');
      ann.sendOffer(bob.id, 'still here');
      assertEqual('the payload', (await bob.receive())['payload'], 'still here');
    },
  },
  {
    id: 'A7.other-subject',
    title: 'Ann sends a TOKEN of another subject',
    severity: 'recommended',
    expected: 'a TOKEN-REFUSED, and Ann stays connected',
    setup: SETUP,
    async run(fixture) {
      const ann = await fixture.connect('ann');
      ann.send({ type: 'TOKEN', payload: { token: tokenOf(fixture, { sub: uniqueName('another') }) } });
      await receiveType(ann, 'TOKEN-REFUSED', fixture.patience);
      await ann.waitUntilReadOrClosed();
      assertThat(ann.isOpen, 'Ann was disconnected');
    },
  },
  {
    id: 'A7.invalid',
    title: 'Ann sends a TOKEN of another secret',
    severity: 'recommended',
    expected: `a TOKEN-REFUSED "${INVALID_TOKEN}", and Ann stays connected`,
    setup: SETUP,
    async run(fixture) {
      const sub = uniqueName('ann');
      const ann = await fixture.connect('ann', { token: tokenOf(fixture, { sub }) });
      ann.send({ type: 'TOKEN', payload: { token: createClientToken('another secret', { sub }) } });
      const refused = await receiveType(ann, 'TOKEN-REFUSED', fixture.patience);
      assertMembers('the frame', refused, { payload: { msg: INVALID_TOKEN } });
      await ann.waitUntilReadOrClosed();
      assertThat(ann.isOpen, 'Ann was disconnected');
    },
  },
]);

interface Expiring {
  readonly ann: PeerClient;
  /** Seconds since 1970. */
  readonly exp: number;
  readonly sub: string;
}

async function connectUntil(fixture: Fixture, seconds: number): Promise<Expiring> {
  leewayMs(fixture);
  const [exp, sub] = [Math.floor(Date.now() / 1_000) + seconds, uniqueName('ann')];
  const target = fixture.socketTarget({ token: tokenOf(fixture, { sub, exp }) });
  const ann = await fixture.openSocketAt(`${target}&version=${CLIENT_VERSION}`, 'ann');
  const late = Date.now() - exp * 1_000;
  if (late >= 0) throw new Inconclusive(`the handshake was answered ${late} ms after the token had expired`);
  assertEqual('the first frame', await ann.receive(), { type: 'OPEN' });
  return { ann, exp, sub };
}

/** @throws NotTestable if the tolerance of the server is long or unknown */
function leewayMs(fixture: Fixture): number {
  const leeway = fixture.setting('auth_leeway');
  if (leeway <= MAX_LEEWAY_SECONDS) return leeway * 1_000;
  throw new NotTestable(`requires --auth-leeway of at most ${MAX_LEEWAY_SECONDS}; configure the server, then pass the flag`);
}

/** Skips the messages about an expiring token. @throws Failed if another frame arrives, or none */
async function receiveType(peer: PeerClient, type: string, patience: number): Promise<Frame> {
  for (;;) {
    const frame = await peer.receive(patience);
    if (frame['type'] === type) return frame;
    if (frame['type'] !== 'TOKEN-EXPIRING') throw new Failed(`${peer.name} received ${formatValue(frame)} instead of ${type}`);
  }
}
