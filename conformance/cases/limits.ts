import { cases, type CaseDraft, type Reference } from '../case.ts';
import { assertEqual, assertMembers, assertThat } from '../assertions.ts';
import { Dangerous, loose } from '../outcomes.ts';
import { uniqueName } from '../fixture.ts';
import { timersFired } from '../waiting.ts';

const MEBIBYTE = 1024 * 1024;
const UNBOUNDED: Reference = { behaviour: 'has no limit', evidence: /waiting for the server to close the socket/ };
/** The first byte of a frame: FIN and text. */
const WHOLE_TEXT = 0x81;

/** M16, M18, M19: slow readers, message size, and message rate. */
export const LIMIT_CASES = cases([
  {
    id: 'M16.reads-nothing',
    title: 'Ann sends Bob, who reads nothing, more than the send buffer of the server; Eve is connected',
    severity: 'hardening',
    expected: 'Ann receives LEAVE with Bob as src, because the messages are lost; Eve is not affected',
    setup: 'small buffers',
    pace: 'alone',
    reference: { behaviour: 'buffers without a limit', evidence: /waiting for a frame/ },
    async run(fixture) {
      const [ann, bob] = await fixture.connectPair();
      const eve = await fixture.connect('eve');
      bob.pauseReading();
      // More than the operating system buffers on both sides.
      for (let n = 0; n < 400; n++) {
        ann.sendOffer(bob.id, 'x'.repeat(65_000));
        await timersFired();
      }
      assertEqual('frame received by Ann', await ann.receive(), { type: 'LEAVE', src: bob.id, dst: ann.id });
      await fixture.expectNothing(eve);
    },
  },
  {
    id: 'M18.almost-a-mebibyte',
    title: 'Ann sends Bob a message of slightly less than 1 MiB',
    severity: 'recommended',
    expected: 'Bob receives the message',
    pace: 'alone',
    async run(fixture) {
      fixture.requireMessageSize(MEBIBYTE);
      const [ann, bob] = await fixture.connectPair();
      ann.sendOffer(bob.id, 'x'.repeat(MEBIBYTE - 600));
      assertMembers('frame received by Bob', await bob.receive(), { src: ann.id });
    },
  },
  {
    id: 'M18.more-than-a-mebibyte',
    title: 'Ann sends Bob a message of more than 1 MiB',
    severity: 'hardening',
    expected: 'her socket is closed with 1009 (message too big), her id is free, and Bob receives nothing',
    pace: 'alone',
    reference: { behaviour: 'accepts up to 100 MiB', evidence: /relays the message/ },
    async run(fixture) {
      const [ann, bob] = await fixture.connectPair();
      ann.sendOffer(bob.id, 'x'.repeat(MEBIBYTE));
      const [frame] = await Promise.race([fixture.receiveUntilEcho(ann).then(() => bob.unread), ann.ended.then(() => [])]);
      if (frame !== undefined) return loose('relays the message');
      const { code } = await ann.waitForClose();
      await fixture.expectNothing(bob);
      await fixture.connectWhenFree('new-owner', { id: ann.id });
      return code === 1009 ? undefined : loose(`closes with ${code}`);
    },
  },
  {
    id: 'M18.claimed-length',
    title: 'a WebSocket frame header announces a payload larger than the memory',
    severity: 'hardening',
    expected: 'the connection is closed before the payload arrives, and the server keeps running',
    pace: 'alone',
    async run(fixture) {
      const wire = fixture.openRaw();
      const lines = ['host: a', 'upgrade: websocket', 'connection: upgrade', 'sec-websocket-version: 13'];
      lines.push('sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==', '', '');
      wire.send([`GET ${fixture.socketTarget()} HTTP/1.1`, ...lines].join('\r\n'));
      await wire.waitFor(/OPEN/);
      const length = Buffer.alloc(8);
      length.writeBigUInt64BE(2n ** 53n);
      wire.send(Buffer.concat([Buffer.from([WHOLE_TEXT, 0xff]), length, Buffer.alloc(4)]));
      await wire.waitForClose();
    },
  },
  {
    id: 'M18.within-limit',
    title: 'Ann sends Bob a message of 90 % of the size limit',
    severity: 'required',
    expected: 'Bob receives the message',
    setup: 'small messages',
    async run(fixture) {
      const [ann, bob] = await fixture.connectPair();
      ann.sendOffer(bob.id, 'x'.repeat(Math.floor(fixture.setting('max_message_bytes') * 0.9) - 300));
      assertMembers('frame received by Bob', await bob.receive(), { src: ann.id });
    },
  },
  {
    id: 'M18.beyond-limit',
    title: 'Ann sends a message above the size limit',
    severity: 'hardening',
    expected: 'her socket is closed with 1009 (message too big)',
    setup: 'small messages',
    reference: { behaviour: 'accepts up to 100 MiB', evidence: /waiting for the server to close the socket/ },
    async run(fixture) {
      const ann = await fixture.connect('ann');
      ann.sendOffer(uniqueName('bob'), 'x'.repeat(fixture.setting('max_message_bytes')));
      const { code } = await ann.waitForClose();
      return code === 1009 ? undefined : loose(`closes with ${code}`);
    },
  },
  {
    id: 'M18.fragments',
    title: 'Ann sends a message above the size limit in fragments, each within the limit',
    severity: 'hardening',
    expected: 'her socket is closed: the limit applies to the whole message',
    setup: 'small messages',
    reference: { behaviour: 'accepts up to 100 MiB', evidence: /waiting for the server to close the socket/ },
    async run(fixture) {
      const ann = await fixture.connect('ann');
      const part = 'x'.repeat(Math.floor(fixture.setting('max_message_bytes') / 2));
      ann.sendFragments([`{"type":"OFFER","dst":"${uniqueName('bob')}","payload":"`, part, part, part, '"}']);
      const { code } = await ann.waitForClose();
      return code === 1009 ? undefined : loose(`closes with ${code}`);
    },
  },
  {
    id: 'M18.counts-bytes',
    title: 'Ann sends a message whose characters are fewer than the size limit, but whose bytes are more',
    severity: 'hardening',
    expected: 'her socket is closed: the limit counts bytes, not characters',
    setup: 'small messages',
    reference: { behaviour: 'accepts up to 100 MiB', evidence: /waiting for the server to close the socket/ },
    async run(fixture) {
      const ann = await fixture.connect('ann');
      ann.sendOffer(uniqueName('bob'), '☃'.repeat(Math.floor(fixture.setting('max_message_bytes') * 0.6)));
      const { code } = await ann.waitForClose();
      return code === 1009 ? undefined : loose(`closes with ${code}`);
    },
  },
  ...Object.entries({
    binary: { what: 'binary frames with HEARTBEAT', frame: Buffer.from('{"type":"HEARTBEAT"}') },
    malformed: { what: 'frames that are not JSON', frame: Buffer.from('{') },
    'unknown-type': { what: 'frames of an unknown type', frame: Buffer.from('{"type":"UNKNOWN"}') },
  }).map(([name, { what, frame }]): CaseDraft => ({
    id: `M19.flood-${name}`,
    title: `Ann sends ten times as many ${what} as her burst allows`,
    severity: 'hardening',
    expected: 'her socket is closed with 1008: every frame costs a token',
    setup: 'low message rate limit',
    reference: UNBOUNDED,
    async run(fixture) {
      const ann = await fixture.connect('ann');
      const count = 10 * fixture.setting('message_burst');
      for (let n = 0; n < count; n++) void (name === 'binary' ? ann.sendBytes(frame) : ann.sendText(frame.toString()));
      const { code } = await ann.waitForClose();
      // Malformed frames have a limit of their own (M10).
      return code === 1008 || (name === 'malformed' && code === 1007) ? undefined : loose(`closes with ${code}`);
    },
  })),
  {
    id: 'M19.flood',
    title: 'Ann sends ten times as many messages as her burst allows',
    severity: 'hardening',
    expected: 'her socket is closed with 1008',
    setup: 'low message rate limit',
    reference: UNBOUNDED,
    async run(fixture) {
      const ann = await fixture.connect('ann');
      for (let n = 0; n < 10 * fixture.setting('message_burst'); n++) ann.send({ type: 'HEARTBEAT' });
      const { code } = await ann.waitForClose();
      return code === 1008 ? undefined : loose(`closes with ${code}`);
    },
  },
  {
    id: 'M19.within-allowance',
    title: 'Ann sends Bob 75 % of the messages that her burst allows',
    severity: 'required',
    expected: 'Bob receives all of them',
    setup: 'low message rate limit',
    async run(fixture) {
      const [ann, bob] = await fixture.connectPair();
      const allowed = Math.floor(fixture.setting('message_burst') * 0.75);
      for (let n = 0; n < allowed; n++) ann.sendOffer(bob.id, n);
      await bob.receiveMany(allowed);
    },
  },
  {
    id: 'M19.charged-to-sender',
    title: 'Ann sends ten times as many messages as her burst allows; Bob sends one message',
    severity: 'required',
    expected: 'the message of Bob is relayed: the rate limit applies per sender',
    setup: 'low message rate limit',
    async run(fixture) {
      const [ann, bob] = await fixture.connectPair();
      for (let n = 0; n < 10 * fixture.setting('message_burst'); n++) ann.send({ type: 'HEARTBEAT' });
      await ann.waitUntilReadOrClosed();
      await fixture.expectNothing(bob);
    },
  },
  {
    id: 'M19.dam',
    title: 'Ann sends Bob more messages than her burst allows, on a server that pauses instead of closing',
    severity: 'hardening',
    expected: 'Bob receives all of them in order, but not at once, because the server reads from Ann at the allowed rate',
    setup: 'low message rate limit with pause',
    reference: { behaviour: 'has no limit', evidence: /all messages arrived within/ },
    async run(fixture) {
      const [ann, bob] = await fixture.connectPair();
      const [rate, burst] = [fixture.setting('messages_per_second'), fixture.setting('message_burst')];
      const sent = Array.from({ length: burst + Math.ceil(rate * 1.5) }, (_, n) => n);
      const before = performance.now();
      for (const n of sent) ann.sendOffer(bob.id, n);
      const received = (await bob.receiveMany(sent.length)).map((frame) => frame['payload']);
      const took = Math.round(performance.now() - before);
      if (received.some((n, i) => n !== i)) throw new Dangerous('messages were lost or reordered');
      assertThat(took > 1_000, `all messages arrived within ${took} ms`);
    },
  },
]);
