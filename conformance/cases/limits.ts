import { cases, type Reference } from '../case.ts';
import { assertEqual, assertMembers, assertThat } from '../assertions.ts';
import { Dangerous, loose } from '../outcomes.ts';
import { uniqueName } from '../fixture.ts';

const MEBIBYTE = 1024 * 1024;
const UNBOUNDED: Reference = { behaviour: 'has no bound', evidence: /waited \d+ ms for the socket/ };
/** A frame's first byte: a whole text message. */
const WHOLE_TEXT = 0x81;

/** M16, M18, M19: too large, too much, too slow. */
export const LIMIT_CASES = cases([
  {
    id: 'M16.reads-nothing',
    title: 'Ann sends Bob, who reads nothing, more than the server buffers; Eve is here',
    severity: 'hardening',
    expected: 'Ann hears LEAVE from Bob, and Eve notices nothing',
    setup: 'small buffers',
    pace: 'alone',
    reference: { behaviour: 'buffers without bound', evidence: /waited \d+ ms for a frame/ },
    async run(scene) {
      const [ann, bob] = await scene.connectPair();
      const eve = await scene.connect('eve');
      bob.pauseReading();
      // More than the operating system buffers on both sides.
      for (let n = 0; n < 400; n++) ann.sendOffer(bob.id, 'x'.repeat(65_000));
      assertEqual('what Ann hears', await ann.receive(), { type: 'LEAVE', src: bob.id, dst: ann.id });
      await scene.expectNothing(eve);
    },
  },
  {
    id: 'M18.almost-a-mebibyte',
    title: 'Ann sends Bob a message of almost a mebibyte',
    severity: 'recommended',
    expected: 'Bob hears it',
    pace: 'alone',
    async run(scene) {
      scene.requireMessageSize(MEBIBYTE);
      const [ann, bob] = await scene.connectPair();
      ann.sendOffer(bob.id, 'x'.repeat(MEBIBYTE - 200));
      assertMembers('what Bob hears', await bob.receive(), { src: ann.id });
    },
  },
  {
    id: 'M18.more-than-a-mebibyte',
    title: 'Ann sends Bob a message of more than a mebibyte',
    severity: 'hardening',
    expected: 'her socket is closed with 1009 and her id is free; Bob hears nothing',
    pace: 'alone',
    reference: { behaviour: 'takes up to 100 MiB', evidence: /relays it/ },
    async run(scene) {
      const [ann, bob] = await scene.connectPair();
      ann.sendOffer(bob.id, 'x'.repeat(MEBIBYTE));
      const [frame] = await Promise.race([scene.receiveUntilEcho(ann).then(() => bob.unread), ann.ended.then(() => [])]);
      if (frame !== undefined) return loose('relays it');
      const { code } = await ann.waitForClose();
      await scene.expectNothing(bob);
      await scene.connectWhenFree('heir', { id: ann.id });
      return code === 1009 ? undefined : loose(`closes with ${code}`);
    },
  },
  {
    id: 'M18.claimed-length',
    title: 'a frame claims to be larger than memory',
    severity: 'hardening',
    expected: 'the connection is closed, and the server lives',
    pace: 'alone',
    async run(scene) {
      const wire = scene.openRaw();
      const lines = ['host: a', 'upgrade: websocket', 'connection: upgrade', 'sec-websocket-version: 13'];
      lines.push('sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==', '', '');
      wire.send([`GET ${scene.socketTarget()} HTTP/1.1`, ...lines].join('\r\n'));
      await wire.waitFor(/OPEN/);
      const length = Buffer.alloc(8);
      length.writeBigUInt64BE(2n ** 53n);
      wire.send(Buffer.concat([Buffer.from([WHOLE_TEXT, 0xff]), length, Buffer.alloc(4)]));
      await wire.waitForClose();
    },
  },
  {
    id: 'M18.within-limit',
    title: 'Ann sends Bob a message of nine tenths of the limit',
    severity: 'required',
    expected: 'Bob hears it',
    setup: 'small messages',
    async run(scene) {
      const [ann, bob] = await scene.connectPair();
      ann.sendOffer(bob.id, 'x'.repeat(Math.floor(scene.setting('max_message_bytes') * 0.9) - 100));
      assertMembers('what Bob hears', await bob.receive(), { src: ann.id });
    },
  },
  {
    id: 'M18.beyond-limit',
    title: 'Ann sends a message beyond the limit',
    severity: 'hardening',
    expected: 'her socket is closed with 1009',
    setup: 'small messages',
    reference: { behaviour: 'takes up to 100 MiB', evidence: /waited \d+ ms for the socket/ },
    async run(scene) {
      const ann = await scene.connect('ann');
      ann.sendOffer(uniqueName('bob'), 'x'.repeat(scene.setting('max_message_bytes')));
      const { code } = await ann.waitForClose();
      return code === 1009 ? undefined : loose(`closes with ${code}`);
    },
  },
  {
    id: 'M19.flood',
    title: 'Ann sends ten times her allowance of messages',
    severity: 'hardening',
    expected: 'her socket is closed with 1008',
    setup: 'few messages',
    reference: UNBOUNDED,
    async run(scene) {
      const ann = await scene.connect('ann');
      for (let n = 0; n < 10 * scene.setting('message_burst'); n++) ann.send({ type: 'HEARTBEAT' });
      const { code } = await ann.waitForClose();
      return code === 1008 ? undefined : loose(`closes with ${code}`);
    },
  },
  {
    id: 'M19.within-allowance',
    title: 'Ann sends Bob three quarters of her allowance of messages',
    severity: 'required',
    expected: 'Bob hears all',
    setup: 'few messages',
    async run(scene) {
      const [ann, bob] = await scene.connectPair();
      const allowed = Math.floor(scene.setting('message_burst') * 0.75);
      for (let n = 0; n < allowed; n++) ann.sendOffer(bob.id, n);
      await bob.receiveMany(allowed);
    },
  },
  {
    id: 'M19.charged-to-sender',
    title: 'Ann sends ten times her allowance of messages; Bob writes',
    severity: 'required',
    expected: 'Bob is heard as ever',
    setup: 'few messages',
    async run(scene) {
      const [ann, bob] = await scene.connectPair();
      for (let n = 0; n < 10 * scene.setting('message_burst'); n++) ann.send({ type: 'HEARTBEAT' });
      await ann.waitUntilReadOrClosed();
      await scene.expectNothing(bob);
    },
  },
  {
    id: 'M19.dam',
    title: 'Ann sends Bob more than her allowance of messages, where she is to be read more slowly',
    severity: 'hardening',
    expected: 'Bob hears all in their order, but not at once',
    setup: 'few messages at a time',
    reference: { behaviour: 'has no bound', evidence: /all came within/ },
    async run(scene) {
      const [ann, bob] = await scene.connectPair();
      const [rate, burst] = [scene.setting('messages_per_second'), scene.setting('message_burst')];
      const sent = Array.from({ length: burst + Math.ceil(rate * 1.5) }, (_, n) => n);
      const before = performance.now();
      for (const n of sent) ann.sendOffer(bob.id, n);
      const heard = (await bob.receiveMany(sent.length)).map((frame) => frame['payload']);
      const took = Math.round(performance.now() - before);
      if (heard.some((n, i) => n !== i)) throw new Dangerous('messages were lost or came in another order');
      assertThat(took > 1_000, `all came within ${took} ms`);
    },
  },
]);
