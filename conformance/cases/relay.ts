import { cases, type CaseDraft } from '../case.ts';
import { assertEqual, assertMembers, formatValue } from '../assertions.ts';
import { Dangerous, Failed } from '../outcomes.ts';
import { uniqueName } from '../fixture.ts';

/** M1, M4 to M8: what is relayed, to whom, and as whose. */
export const RELAY_CASES = cases([
  ...['OFFER', 'ANSWER', 'CANDIDATE'].map((type): CaseDraft => ({
    id: `M1.${type.toLowerCase()}`,
    title: `Ann sends ${type} to Bob, who is open`,
    severity: 'required',
    expected: 'Bob hears it, with type, src, dst and payload',
    async run(scene) {
      const [ann, bob] = await scene.connectPair();
      ann.send({ type, dst: bob.id, payload: { sdp: 'v=0' } });
      assertEqual('what Bob hears', await bob.receive(), { type, src: ann.id, dst: bob.id, payload: { sdp: 'v=0' } });
    },
  })),
  ...Object.entries({
    before: '{"src":"mallory","type":"OFFER","dst":"{bob}","payload":1}',
    behind: '{"type":"OFFER","dst":"{bob}","payload":1,"src":"mallory"}',
    twice: '{"src":"mallory","type":"OFFER","dst":"{bob}","payload":1,"src":"trent"}',
    escaped: '{"type":"OFFER","dst":"{bob}","payload":1,"\\u0073rc":"mallory"}',
    odd: '{"type":"OFFER","dst":"{bob}","payload":1,"src":{"id":"mallory"}}',
  }).map(([name, text]): CaseDraft => ({
    id: `M1.forged-src-${name}`,
    title: `Ann sends ${text} to Bob`,
    severity: 'required',
    expected: 'the src that Bob hears is the id that Ann registered, and there is one of it',
    async run(scene) {
      const [ann, bob] = await scene.connectPair();
      ann.sendText(text.replace('{bob}', bob.id));
      const heard = await bob.receiveText();
      if (/mallory|trent/.test(heard)) throw new Dangerous(`Bob hears the src that Ann wrote: ${heard}`);
      assertEqual('what Bob hears', JSON.parse(heard), { type: 'OFFER', src: ann.id, dst: bob.id, payload: 1 });
    },
  })),
  {
    id: 'M1.unknown-members',
    title: 'Ann sends Bob an OFFER with members that the protocol does not know, __proto__ among them',
    severity: 'recommended',
    expected: 'they are dropped',
    async run(scene) {
      const [ann, bob] = await scene.connectPair();
      ann.sendText(`{"type":"OFFER","dst":"${bob.id}","payload":1,"ttl":9,"__proto__":{"type":"LEAVE"},"constructor":1,"":2}`);
      const heard = JSON.parse(await bob.receiveText()) as object;
      assertEqual('the members that Bob hears', Object.keys(heard).sort(), ['dst', 'payload', 'src', 'type']);
      assertMembers('what Bob hears', heard, { type: 'OFFER', src: ann.id, dst: bob.id, payload: 1 });
    },
  },
  {
    id: 'M1.no-payload',
    title: 'Ann sends Bob an ANSWER without a payload',
    severity: 'recommended',
    expected: 'Bob hears it without one',
    async run(scene) {
      const [ann, bob] = await scene.connectPair();
      ann.send({ type: 'ANSWER', dst: bob.id });
      assertEqual('what Bob hears', await bob.receive(), { type: 'ANSWER', src: ann.id, dst: bob.id });
    },
  },
  {
    id: 'M1.nobody-else',
    title: 'Ann writes to Bob while Eve is here',
    severity: 'required',
    expected: 'neither Eve nor Ann hears anything',
    async run(scene) {
      const [ann, bob] = await scene.connectPair();
      const eve = await scene.connect('eve');
      ann.sendOffer(bob.id, 'for Bob only');
      await bob.receive();
      await scene.expectNoLeak(eve);
      await scene.expectNothing(ann);
    },
  },
  {
    id: 'M1.once',
    title: 'Ann sends Bob one message',
    severity: 'required',
    expected: 'Bob hears it once',
    async run(scene) {
      const [ann, bob] = await scene.connectPair();
      ann.sendOffer(bob.id, 'once');
      assertEqual('the payload', (await bob.receive())['payload'], 'once');
      await scene.expectNothing(bob);
    },
  },
  {
    id: 'M1.fragments',
    title: 'Ann sends Bob one message in four WebSocket fragments',
    severity: 'required',
    expected: 'Bob hears it whole',
    async run(scene) {
      const [ann, bob] = await scene.connectPair();
      const text = JSON.stringify({ type: 'OFFER', dst: bob.id, payload: 'in pieces' });
      ann.sendFragments([text.slice(0, 1), text.slice(1, 20), text.slice(20, -1), text.slice(-1)]);
      assertMembers('what Bob hears', await bob.receive(), { src: ann.id, payload: 'in pieces' });
    },
  },
  {
    id: 'M1.both-ways',
    title: 'Ann and Bob send each other a hundred messages at the same time',
    severity: 'required',
    expected: 'each hears all of the other',
    async run(scene) {
      const [ann, bob] = await scene.connectPair();
      for (let n = 0; n < 100; n++) {
        ann.sendOffer(bob.id, n);
        bob.sendOffer(ann.id, n);
      }
      const all = Array.from({ length: 100 }, (_, n) => n);
      for (const peer of [ann, bob]) {
        assertEqual(
          `what ${peer.name} hears`,
          (await peer.receiveMany(100)).map((frame) => frame['payload']),
          all,
        );
      }
    },
  },
  {
    id: 'M4.to-oneself',
    title: 'Ann writes to herself',
    severity: 'recommended',
    expected: 'she hears it',
    async run(scene) {
      const ann = await scene.connect('ann');
      ann.send({ type: 'CANDIDATE', dst: ann.id, payload: 'me' });
      assertEqual('what Ann hears', await ann.receive(), { type: 'CANDIDATE', src: ann.id, dst: ann.id, payload: 'me' });
    },
  },
  {
    id: 'M5.binary',
    title: 'Ann sends JSON in a binary frame',
    severity: 'recommended',
    expected: 'Bob hears it, as text',
    async run(scene) {
      const [ann, bob] = await scene.connectPair();
      ann.sendBytes(Buffer.from(JSON.stringify({ type: 'OFFER', dst: bob.id, payload: '🦊' })));
      const { text, isBinary } = await bob.receiveRaw();
      assertEqual('what Bob hears', JSON.parse(text), { type: 'OFFER', src: ann.id, dst: bob.id, payload: '🦊' });
      assertEqual('whether it is binary', isBinary, false);
    },
  },
  {
    id: 'M5.space',
    title: 'Ann sends JSON with spaces and line feeds around and in it',
    severity: 'required',
    expected: 'Bob hears it',
    async run(scene) {
      const [ann, bob] = await scene.connectPair();
      ann.sendText(` \r\n\t{ "type" : "OFFER" ,\n "dst" : "${bob.id}" } \n`);
      assertEqual('what Bob hears', await bob.receive(), { type: 'OFFER', src: ann.id, dst: bob.id });
    },
  },
  {
    id: 'M6.relayed',
    title: 'Ann sends LEAVE to Bob, who is open',
    severity: 'required',
    expected: 'Bob hears it, and Ann stays',
    async run(scene) {
      const [ann, bob] = await scene.connectPair();
      ann.send({ type: 'LEAVE', dst: bob.id });
      assertEqual('what Bob hears', await bob.receive(), { type: 'LEAVE', src: ann.id, dst: bob.id });
      await scene.expectNothing(ann);
    },
  },
  {
    id: 'M6.expire-relayed',
    title: 'Ann sends EXPIRE to Bob, who is open',
    severity: 'recommended',
    expected: 'Bob hears it, with the id that Ann registered as src',
    async run(scene) {
      const [ann, bob] = await scene.connectPair();
      ann.send({ type: 'EXPIRE', dst: bob.id });
      assertEqual('what Bob hears', await bob.receive(), { type: 'EXPIRE', src: ann.id, dst: bob.id });
    },
  },
  {
    id: 'M6.absent',
    title: 'Ann sends LEAVE to an absent peer, which then enters',
    severity: 'required',
    expected: 'neither of them hears anything',
    setup: 'messages wait',
    async run(scene) {
      const [ann, id] = [await scene.connect('ann'), uniqueName('bob')];
      ann.send({ type: 'LEAVE', dst: id });
      await scene.expectNothing(ann);
      await scene.expectNothing(await scene.connect('bob', { id }));
    },
  },
  ...Object.entries({
    'no-dst': { type: 'LEAVE' },
    'empty-dst': { type: 'LEAVE', dst: '' },
    'null-dst': { type: 'LEAVE', dst: null },
  }).map(([name, goodbye]): CaseDraft => ({
    id: `M7.frees-${name}`,
    title: `Ann sends ${JSON.stringify(goodbye)}, and another token asks for her id`,
    severity: 'required',
    expected: 'OPEN: the id is free',
    async run(scene) {
      const ann = await scene.connect('ann');
      ann.send(goodbye);
      await scene.connectWhenFree('heir', { id: ann.id });
    },
  })),
  {
    id: 'M7.closes',
    title: 'Ann sends LEAVE without dst',
    severity: 'recommended',
    expected: 'her socket is closed with 1000',
    reference: { behaviour: 'leaves the socket open', evidence: /waited \d+ ms for the socket/ },
    async run(scene) {
      const ann = await scene.connect('ann');
      ann.send({ type: 'LEAVE' });
      assertEqual('the code', (await ann.waitForClose()).code, 1000);
    },
  },
  {
    id: 'M7.nothing-from-the-grave',
    title: 'Ann sends LEAVE without dst, an heir enters with her id, and Ann writes to Bob',
    severity: 'hardening',
    expected: 'Bob hears nothing of Ann: the id is that of the heir',
    reference: { behaviour: 'relays it as if the new holder had sent it', evidence: /from the grave/ },
    async run(scene) {
      const [ann, bob] = await scene.connectPair();
      ann.send({ type: 'LEAVE' });
      const heir = await scene.connectWhenFree('heir', { id: ann.id });
      if (ann.isOpen) ann.sendOffer(bob.id, 'from the grave');
      await ann.waitUntilReadOrClosed();
      heir.sendOffer(bob.id, 'from the heir');
      const heard = await bob.receive();
      if (heard['payload'] === 'from the heir') return;
      if (heard['src'] === heir.id) throw new Dangerous(`Bob hears Ann under the id of the heir: ${formatValue(heard)}`);
      throw new Failed(`Bob hears ${formatValue(heard)}`);
    },
  },
  {
    id: 'M8.silent',
    title: 'Ann sends HEARTBEAT, without and with a dst',
    severity: 'required',
    expected: 'nobody hears anything',
    async run(scene) {
      const [ann, bob] = await scene.connectPair();
      ann.send({ type: 'HEARTBEAT' }).send({ type: 'HEARTBEAT', dst: bob.id, payload: 1 });
      await scene.expectNothing(ann);
      await scene.expectNothing(bob);
    },
  },
]);
