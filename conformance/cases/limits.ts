import { cases, type Reference } from '../case.ts';
import { equals, has, holds } from '../claims.ts';
import { Dangerous, loose } from '../outcomes.ts';
import { fresh } from '../scene.ts';

const MEBIBYTE = 1024 * 1024;
const UNBOUNDED: Reference = { does: 'has no bound', shows: /waited \d+ ms for the socket/ };
/** A frame's first byte: a whole text message. */
const WHOLE_TEXT = 0x81;

/** M16, M18, M19: too large, too much, too slow. */
export const LIMIT_CASES = cases([
  {
    id: 'M16.reads-nothing',
    title: 'Ann sends Bob, who reads nothing, more than the server buffers; Eve is here',
    severity: 'hardening',
    expected: 'Ann hears LEAVE from Bob, and Eve notices nothing',
    needs: 'small buffers',
    pace: 'alone',
    reference: { does: 'buffers without bound', shows: /waited \d+ ms for a frame/ },
    async run(scene) {
      const [ann, bob] = await scene.pair();
      const eve = await scene.enters('eve');
      bob.stopsReading();
      // More than the operating system buffers on both sides.
      for (let n = 0; n < 400; n++) ann.offers(bob.id, 'x'.repeat(65_000));
      equals('what Ann hears', await ann.hears(), { type: 'LEAVE', src: bob.id, dst: ann.id });
      await scene.hearsNothing(eve);
    },
  },
  {
    id: 'M18.almost-a-mebibyte',
    title: 'Ann sends Bob a message of almost a mebibyte',
    severity: 'recommended',
    expected: 'Bob hears it',
    pace: 'alone',
    async run(scene) {
      scene.needsRoomFor(MEBIBYTE);
      const [ann, bob] = await scene.pair();
      ann.offers(bob.id, 'x'.repeat(MEBIBYTE - 200));
      has('what Bob hears', await bob.hears(), { src: ann.id });
    },
  },
  {
    id: 'M18.more-than-a-mebibyte',
    title: 'Ann sends Bob a message of more than a mebibyte',
    severity: 'hardening',
    expected: 'her socket is closed with 1009 and her id is free; Bob hears nothing',
    pace: 'alone',
    reference: { does: 'takes up to 100 MiB', shows: /relays it/ },
    async run(scene) {
      const [ann, bob] = await scene.pair();
      ann.offers(bob.id, 'x'.repeat(MEBIBYTE));
      const [frame] = await Promise.race([scene.hearsBeforeEcho(ann).then(() => bob.unheard), ann.ended.then(() => [])]);
      if (frame !== undefined) return loose('relays it');
      const { code } = await ann.closed();
      await scene.hearsNothing(bob);
      await scene.entersWhenFree('heir', { id: ann.id });
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
      const wire = scene.wire();
      const lines = ['host: a', 'upgrade: websocket', 'connection: upgrade', 'sec-websocket-version: 13'];
      lines.push('sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==', '', '');
      wire.sends([`GET ${scene.socketTarget()} HTTP/1.1`, ...lines].join('\r\n'));
      await wire.hears(/OPEN/);
      const length = Buffer.alloc(8);
      length.writeBigUInt64BE(2n ** 53n);
      wire.sends(Buffer.concat([Buffer.from([WHOLE_TEXT, 0xff]), length, Buffer.alloc(4)]));
      await wire.closed();
    },
  },
  {
    id: 'M18.within-limit',
    title: 'Ann sends Bob a message of nine tenths of the limit',
    severity: 'required',
    expected: 'Bob hears it',
    needs: 'small messages',
    async run(scene) {
      const [ann, bob] = await scene.pair();
      ann.offers(bob.id, 'x'.repeat(Math.floor(scene.setting('max_message_bytes') * 0.9) - 100));
      has('what Bob hears', await bob.hears(), { src: ann.id });
    },
  },
  {
    id: 'M18.beyond-limit',
    title: 'Ann sends a message beyond the limit',
    severity: 'hardening',
    expected: 'her socket is closed with 1009',
    needs: 'small messages',
    reference: { does: 'takes up to 100 MiB', shows: /waited \d+ ms for the socket/ },
    async run(scene) {
      const ann = await scene.enters('ann');
      ann.offers(fresh('bob'), 'x'.repeat(scene.setting('max_message_bytes')));
      const { code } = await ann.closed();
      return code === 1009 ? undefined : loose(`closes with ${code}`);
    },
  },
  {
    id: 'M19.flood',
    title: 'Ann sends ten times her allowance of messages',
    severity: 'hardening',
    expected: 'her socket is closed with 1008',
    needs: 'few messages',
    reference: UNBOUNDED,
    async run(scene) {
      const ann = await scene.enters('ann');
      for (let n = 0; n < 10 * scene.setting('message_burst'); n++) ann.sends({ type: 'HEARTBEAT' });
      const { code } = await ann.closed();
      return code === 1008 ? undefined : loose(`closes with ${code}`);
    },
  },
  {
    id: 'M19.within-allowance',
    title: 'Ann sends Bob three quarters of her allowance of messages',
    severity: 'required',
    expected: 'Bob hears all',
    needs: 'few messages',
    async run(scene) {
      const [ann, bob] = await scene.pair();
      const allowed = Math.floor(scene.setting('message_burst') * 0.75);
      for (let n = 0; n < allowed; n++) ann.offers(bob.id, n);
      await bob.hearsAll(allowed);
    },
  },
  {
    id: 'M19.charged-to-sender',
    title: 'Ann sends ten times her allowance of messages; Bob writes',
    severity: 'required',
    expected: 'Bob is heard as ever',
    needs: 'few messages',
    async run(scene) {
      const [ann, bob] = await scene.pair();
      for (let n = 0; n < 10 * scene.setting('message_burst'); n++) ann.sends({ type: 'HEARTBEAT' });
      await ann.isReadOrClosed();
      await scene.hearsNothing(bob);
    },
  },
  {
    id: 'M19.dam',
    title: 'Ann sends Bob more than her allowance of messages, where she is to be read more slowly',
    severity: 'hardening',
    expected: 'Bob hears all in their order, but not at once',
    needs: 'few messages at a time',
    reference: { does: 'has no bound', shows: /all came within/ },
    async run(scene) {
      const [ann, bob] = await scene.pair();
      const [rate, burst] = [scene.setting('messages_per_second'), scene.setting('message_burst')];
      const sent = Array.from({ length: burst + Math.ceil(rate * 1.5) }, (_, n) => n);
      const before = performance.now();
      for (const n of sent) ann.offers(bob.id, n);
      const heard = (await bob.hearsAll(sent.length)).map((frame) => frame['payload']);
      const took = Math.round(performance.now() - before);
      if (heard.some((n, i) => n !== i)) throw new Dangerous('messages were lost or came in another order');
      holds(took > 1_000, `all came within ${took} ms`);
    },
  },
]);
