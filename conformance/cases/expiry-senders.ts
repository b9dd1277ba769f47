import { cases, type CaseDraft } from '../case.ts';
import { assertEqual, assertMembers, formatValue } from '../assertions.ts';
import type { PeerClient } from '../client/peer-client.ts';
import { clientPayload } from '../client/client-payload.ts';
import { Dangerous, Failed, NotTestable } from '../outcomes.ts';
import { uniqueName } from '../fixture.ts';
import { withTimeout } from '../waiting.ts';

/** M1, M14, M15, O11: which sender is notified of which expired message, and when. */
export const EXPIRY_SENDER_CASES = cases([
  {
    id: 'M1.forged-src-held',
    title: 'Mallory sends absent Bob an OFFER with the src of Ann; Bob connects',
    severity: 'required',
    expected: 'Bob receives the registered id of Mallory as src, as in a message that is not held',
    setup: 'mailboxes',
    async run(fixture) {
      const [ann, mallory, id] = [await fixture.connect('ann'), await fixture.connect('mallory'), uniqueName('bob')];
      mallory.send({ src: ann.id, type: 'OFFER', dst: id, payload: clientPayload('OFFER', 'forged') });
      await fixture.expectNothing(mallory);
      const received = await (await fixture.connect('bob', { id })).receive();
      if (received['src'] === ann.id) throw new Dangerous('Bob received a held message with a forged src');
      assertMembers('frame received by Bob', received, { src: mallory.id, payload: 'forged' });
    },
  },
  {
    id: 'O11.any-order',
    title: 'Ann sends absent Bob CANDIDATE, ANSWER, OFFER and CANDIDATE; Bob connects',
    severity: 'required',
    expected: 'Bob receives the messages in the order in which they were sent, not by type',
    setup: 'mailboxes',
    async run(fixture) {
      const [ann, id] = [await fixture.connect('ann'), uniqueName('bob')];
      const types = ['CANDIDATE', 'ANSWER', 'OFFER', 'CANDIDATE'];
      types.forEach((type, n) => ann.sendMessage(type, id, n));
      await fixture.expectNothing(ann);
      const received = await (await fixture.connect('bob', { id })).receiveMany(types.length);
      assertEqual(
        'the messages',
        received.map(({ type, payload }) => [type, payload]),
        types.map((type, n) => [type, n]),
      );
    },
  },
  ...['ANSWER', 'CANDIDATE'].map((type): CaseDraft => ({
    id: `M14.told-${type.toLowerCase()}`,
    title: `Ann sends ${type} to an absent peer`,
    severity: 'required',
    expected: 'Ann receives EXPIRE, as for an OFFER',
    setup: 'messages expire',
    async run(fixture) {
      const [ann, absent] = [await fixture.connect('ann'), uniqueName('absent')];
      ann.sendMessage(type, absent);
      assertEqual('frame received by Ann', await ann.receive(), { type: 'EXPIRE', src: absent, dst: ann.id });
    },
  })),
  {
    id: 'M14.forged-src',
    title: 'Mallory sends an OFFER with the src of Ann to an absent peer',
    severity: 'required',
    expected: 'Mallory receives EXPIRE, Ann receives nothing',
    setup: 'messages expire',
    async run(fixture) {
      const [ann, mallory, absent] = [await fixture.connect('ann'), await fixture.connect('mallory'), uniqueName('absent')];
      mallory.send({ src: ann.id, type: 'OFFER', dst: absent, payload: clientPayload('OFFER', 'forged') });
      const noticed = await Promise.race([mallory.receive().then(() => mallory), ann.receive().then(() => ann)]);
      if (noticed === ann) throw new Dangerous('Ann received EXPIRE for a message of Mallory');
      await fixture.expectNoLeak(ann);
    },
  },
  {
    id: 'M14.young-before-old',
    title:
      'Bob collects a message and disconnects; Ann sends an OFFER to an absent peer, and later one to Bob and to another peer',
    severity: 'required',
    expected: 'Ann receives EXPIRE for the first OFFER before the others: a young mailbox does not delay an old one',
    setup: 'messages expire later',
    async run(fixture) {
      const { expire_timeout: timeout = 0, cleanup_out_msgs: sweep = Infinity } = fixture.server.settings;
      if (sweep > timeout / 8) throw new NotTestable('requires --cleanup-out-msgs of at most an eighth of --expire-timeout');
      const ann = await fixture.connect('ann');
      const [young, old, younger] = ['a-young', 'b-old', 'c-young'].map((name) => uniqueName(name)) as [string, string, string];
      const sentAt = performance.now();
      ann.sendOffer(young, 'collected').sendOffer(younger, 'collected');
      await fixture.expectNothing(ann);
      for (const id of [young, younger]) {
        const peer = await fixture.connect('bob', { id });
        fixture.requireHeld(sentAt);
        await peer.receive();
        await peer.close();
      }
      ann.sendOffer(old);
      await fixture.wait(timeout / 3);
      ann.sendOffer(young).sendOffer(younger);
      assertMembers('the first EXPIRE', await ann.receive(), { type: 'EXPIRE', src: old });
      const others = (await ann.receiveMany(2)).map(({ src }) => String(src));
      assertEqual('the other notices', others.sort(), [young, younger].sort());
    },
  },
  {
    id: 'M14.own-age',
    title: 'Ann sends an OFFER to an absent peer, to which Cem sends one message after the other',
    severity: 'required',
    expected: 'Ann receives EXPIRE while Cem is still sending: the age of a message counts from its own arrival',
    setup: 'messages expire',
    async run(fixture) {
      const [ann, cem, absent] = [await fixture.connect('ann'), await fixture.connect('cem'), uniqueName('absent')];
      const timeout = fixture.setting('expire_timeout');
      const { cleanup_out_msgs: sweep = DEFAULT_SWEEP_MS } = fixture.server.settings;
      ann.sendOffer(absent);
      const sending = setInterval(() => cem.isOpen && cem.sendMessage('CANDIDATE', absent), timeout / 4);
      const notice = withTimeout(timeout + 2 * sweep + GRACE_MS, 'EXPIRE while other messages arrive', ann.receive());
      assertMembers('frame received by Ann', await notice.finally(() => clearInterval(sending)), { type: 'EXPIRE', src: absent });
    },
  },
  {
    id: 'M14.own-age-one-sender',
    title: 'Ann sends an OFFER to an absent peer, and one candidate after the other behind it',
    severity: 'required',
    expected: 'Ann receives EXPIRE while she is still sending: later messages do not extend the first one',
    setup: 'messages expire',
    async run(fixture) {
      const [ann, absent] = [await fixture.connect('ann'), uniqueName('absent')];
      const timeout = fixture.setting('expire_timeout');
      const { cleanup_out_msgs: sweep = DEFAULT_SWEEP_MS } = fixture.server.settings;
      ann.sendOffer(absent);
      const sending = setInterval(() => ann.isOpen && ann.sendMessage('CANDIDATE', absent), timeout / 4);
      const notice = withTimeout(timeout + 2 * sweep + GRACE_MS, 'EXPIRE while other messages arrive', ann.receive());
      assertMembers('frame received by Ann', await notice.finally(() => clearInterval(sending)), { type: 'EXPIRE', src: absent });
    },
  },
  {
    id: 'M14.not-again',
    title: 'Ann sends an OFFER to an absent peer, and waits for several sweeps after EXPIRE',
    severity: 'required',
    expected: 'Ann receives EXPIRE once: each one is an error of her connection',
    setup: 'messages expire',
    async run(fixture) {
      const [ann, absent] = [await fixture.connect('ann'), uniqueName('absent')];
      ann.sendOffer(absent);
      assertMembers('frame received by Ann', await ann.receive(), { type: 'EXPIRE', src: absent });
      await fixture.wait(3 * (fixture.server.settings.cleanup_out_msgs ?? DEFAULT_SWEEP_MS));
      await fixture.expectNothing(ann);
    },
  },
  {
    id: 'M14.after-sender-returns',
    title: 'Ann sends an OFFER to an absent peer, and opens a second socket with her token',
    severity: 'required',
    expected: 'her second socket receives EXPIRE: the message is still hers',
    setup: 'messages expire',
    async run(fixture) {
      const [ann, absent] = [await fixture.connect('ann'), uniqueName('absent')];
      const sentAt = performance.now();
      ann.sendOffer(absent);
      await fixture.expectNothing(ann);
      const again = await fixture.reconnect(ann);
      fixture.requireHeld(sentAt);
      const frame = await again.receive();
      assertMembers('frame received by Ann', frame['type'] === 'OPEN' ? await again.receive() : frame, {
        type: 'EXPIRE',
        src: absent,
      });
    },
  },
  {
    id: 'M15.heir',
    title: 'Ann sends an OFFER to an absent peer and disconnects; another peer connects with her id and another token',
    severity: 'required',
    expected: 'the new owner receives no EXPIRE: it must not learn whom the former owner called',
    setup: 'messages expire',
    reference: {
      behaviour: 'sends it to any peer that holds the id by then',
      evidence: /received the EXPIRE of the former owner/,
    },
    async run(fixture) {
      const [ann, absent, later] = [await fixture.connect('ann'), uniqueName('absent'), uniqueName('later')];
      const sentAt = performance.now();
      ann.sendOffer(absent);
      await fixture.expectNothing(ann);
      await ann.close();
      const heir = await fixture.connectWhenFree('heir', { id: ann.id });
      fixture.requireHeld(sentAt);
      heir.sendOffer(later);
      await expectOwnNotice(heir, later);
    },
  },
]);

const DEFAULT_SWEEP_MS = 1_000;
/** The maximum delay of a sweep. */
const GRACE_MS = 1_000;

async function expectOwnNotice(heir: PeerClient, later: string): Promise<void> {
  const { type, src } = await heir.receive();
  if (type === 'EXPIRE' && src !== later) throw new Dangerous('the new owner received the EXPIRE of the former owner');
  if (type !== 'EXPIRE') throw new Failed(`the new owner received ${formatValue(type)}`);
}
