import { cases, type CaseDraft } from '../case.ts';
import { assertEqual, assertMembers, formatValue } from '../assertions.ts';
import { clientPayload } from '../client/client-payload.ts';
import { Dangerous, Failed } from '../outcomes.ts';
import { uniqueName } from '../fixture.ts';

/** M1, M4 to M8: relayed messages, their recipients and their src. */
export const RELAY_CASES = cases([
  ...['OFFER', 'ANSWER', 'CANDIDATE'].map((type): CaseDraft => ({
    id: `M1.${type.toLowerCase()}`,
    title: `Ann sends ${type} to Bob, who is connected`,
    severity: 'required',
    expected: 'Bob receives it with type, src, dst and payload',
    async run(fixture) {
      const [ann, bob] = await fixture.connectPair();
      ann.sendMessage(type, bob.id, 'v=0');
      assertEqual('frame received by Bob', await bob.receive(), { type, src: ann.id, dst: bob.id, payload: 'v=0' });
    },
  })),
  ...Object.entries({
    before: '{"src":"mallory","type":"OFFER","dst":"{bob}","payload":{}}',
    behind: '{"type":"OFFER","dst":"{bob}","payload":{},"src":"mallory"}',
    twice: '{"src":"mallory","type":"OFFER","dst":"{bob}","payload":{},"src":"trent"}',
    escaped: '{"type":"OFFER","dst":"{bob}","payload":{},"\\u0073rc":"mallory"}',
    odd: '{"type":"OFFER","dst":"{bob}","payload":{},"src":{"id":"mallory"}}',
  }).map(([name, text]): CaseDraft => ({
    id: `M1.forged-src-${name}`,
    title: `Ann sends ${text} to Bob`,
    severity: 'required',
    expected: 'Bob receives the registered id of Ann as the only src; otherwise a peer could impersonate another one',
    async run(fixture) {
      const [ann, bob] = await fixture.connectPair();
      const payload = clientPayload('OFFER', 'forged');
      ann.sendText(text.replace('{bob}', bob.id).replace('{}', JSON.stringify(payload)));
      const received = await bob.receiveText();
      if (/mallory|trent/.test(received)) throw new Dangerous(`Bob received a forged src: ${received}`);
      assertEqual('frame received by Bob', JSON.parse(received), { type: 'OFFER', src: ann.id, dst: bob.id, payload });
    },
  })),
  {
    id: 'M1.unknown-members',
    title: 'Ann sends Bob an OFFER with unknown members, among them __proto__',
    severity: 'recommended',
    expected: 'Bob receives the OFFER without the unknown members',
    async run(fixture) {
      const [ann, bob] = await fixture.connectPair();
      const payload = clientPayload('OFFER', 'members');
      ann.sendText(
        `{"type":"OFFER","dst":"${bob.id}","payload":${JSON.stringify(payload)},"ttl":9,"__proto__":{"type":"LEAVE"},"constructor":1,"":2}`,
      );
      const received = JSON.parse(await bob.receiveText()) as object;
      assertEqual('the members received by Bob', Object.keys(received).sort(), ['dst', 'payload', 'src', 'type']);
      assertMembers('frame received by Bob', received, { type: 'OFFER', src: ann.id, dst: bob.id, payload });
    },
  },
  {
    id: 'M1.no-payload',
    title: 'Ann sends Bob an ANSWER without a payload',
    severity: 'recommended',
    expected: 'Bob receives the ANSWER without a payload',
    async run(fixture) {
      const [ann, bob] = await fixture.connectPair();
      ann.send({ type: 'ANSWER', dst: bob.id });
      assertEqual('frame received by Bob', await bob.receive(), { type: 'ANSWER', src: ann.id, dst: bob.id });
    },
  },
  {
    id: 'M1.nobody-else',
    title: 'Ann sends an OFFER to Bob while Eve is connected',
    severity: 'required',
    expected: 'only Bob receives the OFFER',
    async run(fixture) {
      const [ann, bob] = await fixture.connectPair();
      const eve = await fixture.connect('eve');
      ann.sendOffer(bob.id, 'for Bob only');
      await bob.receive();
      await fixture.expectNoLeak(eve);
      await fixture.expectNothing(ann);
    },
  },
  {
    id: 'M1.no-wildcard',
    title: 'Ann sends an OFFER to the absent peers *, # and all while Eve is connected',
    severity: 'hardening',
    expected: 'Eve receives nothing: these are ids, and no peer has them',
    pace: 'alone',
    async run(fixture) {
      const [ann, eve] = [await fixture.connect('ann'), await fixture.connect('eve')];
      for (const id of ['*', '#', 'all', '.*']) ann.sendOffer(id, 'for everybody');
      await fixture.expectNoLeak(eve);
    },
  },
  {
    id: 'M1.once',
    title: 'Ann sends Bob one message',
    severity: 'required',
    expected: 'Bob receives the message once',
    async run(fixture) {
      const [ann, bob] = await fixture.connectPair();
      ann.sendOffer(bob.id, 'once');
      assertEqual('the payload', (await bob.receive())['payload'], 'once');
      await fixture.expectNothing(bob);
    },
  },
  {
    id: 'M1.fragments',
    title: 'Ann sends Bob one message in four WebSocket fragments',
    severity: 'required',
    expected: 'Bob receives the complete message',
    async run(fixture) {
      const [ann, bob] = await fixture.connectPair();
      const text = JSON.stringify({ type: 'OFFER', dst: bob.id, payload: clientPayload('OFFER', 'in pieces') });
      ann.sendFragments([text.slice(0, 1), text.slice(1, 20), text.slice(20, -1), text.slice(-1)]);
      assertMembers('frame received by Bob', await bob.receive(), { src: ann.id, payload: 'in pieces' });
    },
  },
  {
    id: 'M1.both-ways',
    title: 'Ann and Bob send each other 100 messages at the same time',
    severity: 'required',
    expected: 'both receive all messages of the other',
    async run(fixture) {
      const [ann, bob] = await fixture.connectPair();
      for (let n = 0; n < 100; n++) {
        ann.sendOffer(bob.id, n);
        bob.sendOffer(ann.id, n);
      }
      const all = Array.from({ length: 100 }, (_, n) => n);
      for (const peer of [ann, bob]) {
        assertEqual(
          `messages received by ${peer.name}`,
          (await peer.receiveMany(100)).map((frame) => frame['payload']),
          all,
        );
      }
    },
  },
  {
    id: 'M4.to-oneself',
    title: 'Ann sends a CANDIDATE to her own id',
    severity: 'recommended',
    expected: 'Ann receives the CANDIDATE',
    async run(fixture) {
      const ann = await fixture.connect('ann');
      ann.sendMessage('CANDIDATE', ann.id, 'me');
      assertEqual('frame received by Ann', await ann.receive(), { type: 'CANDIDATE', src: ann.id, dst: ann.id, payload: 'me' });
    },
  },
  {
    id: 'M5.binary',
    title: 'Ann sends JSON in a binary frame',
    severity: 'recommended',
    expected: 'Bob receives the message in a text frame',
    async run(fixture) {
      const [ann, bob] = await fixture.connectPair();
      const payload = clientPayload('OFFER', '🦊');
      ann.sendBytes(Buffer.from(JSON.stringify({ type: 'OFFER', dst: bob.id, payload })));
      const { text, isBinary } = await bob.receiveRaw();
      assertEqual('frame received by Bob', JSON.parse(text), { type: 'OFFER', src: ann.id, dst: bob.id, payload });
      assertEqual('whether it is binary', isBinary, false);
    },
  },
  {
    id: 'M5.space',
    title: 'Ann sends JSON with whitespace around and between the tokens',
    severity: 'required',
    expected: 'Bob receives the message',
    async run(fixture) {
      const [ann, bob] = await fixture.connectPair();
      const payload = JSON.stringify(clientPayload('OFFER', 'spaces'));
      ann.sendText(` \r\n\t{ "type" : "OFFER" ,\n "dst" : "${bob.id}" , "payload" : ${payload} } \n`);
      assertMembers('frame received by Bob', await bob.receive(), { src: ann.id, dst: bob.id, payload: 'spaces' });
    },
  },
  {
    id: 'M6.relayed',
    title: 'Ann sends LEAVE to Bob, who is connected',
    severity: 'required',
    expected: 'Bob receives LEAVE, and Ann stays connected',
    async run(fixture) {
      const [ann, bob] = await fixture.connectPair();
      ann.send({ type: 'LEAVE', dst: bob.id });
      assertEqual('frame received by Bob', await bob.receive(), { type: 'LEAVE', src: ann.id, dst: bob.id });
      await fixture.expectNothing(ann);
    },
  },
  {
    id: 'M6.expire-relayed',
    title: 'Ann sends EXPIRE to Bob, who is connected',
    severity: 'recommended',
    expected: 'Bob receives EXPIRE with the registered id of Ann as src',
    async run(fixture) {
      const [ann, bob] = await fixture.connectPair();
      ann.send({ type: 'EXPIRE', dst: bob.id });
      assertEqual('frame received by Bob', await bob.receive(), { type: 'EXPIRE', src: ann.id, dst: bob.id });
    },
  },
  {
    id: 'M6.absent',
    title: 'Ann sends LEAVE to an absent peer, which then connects',
    severity: 'required',
    expected: 'neither of them receives a frame: LEAVE is not held',
    setup: 'mailboxes',
    async run(fixture) {
      const [ann, id] = [await fixture.connect('ann'), uniqueName('bob')];
      ann.send({ type: 'LEAVE', dst: id });
      await fixture.expectNothing(ann);
      await fixture.expectNothing(await fixture.connect('bob', { id }));
    },
  },
  ...Object.entries({
    'no-dst': { type: 'LEAVE' },
    'empty-dst': { type: 'LEAVE', dst: '' },
    'null-dst': { type: 'LEAVE', dst: null },
  }).map(([name, leaveFrame]): CaseDraft => ({
    id: `M7.frees-${name}`,
    title: `Ann sends ${JSON.stringify(leaveFrame)}, then another token requests her id`,
    severity: 'required',
    expected: 'OPEN: LEAVE without a dst frees the id',
    async run(fixture) {
      const ann = await fixture.connect('ann');
      ann.send(leaveFrame);
      await fixture.connectWhenFree('new-owner', { id: ann.id });
    },
  })),
  {
    id: 'M7.closes',
    title: 'Ann sends LEAVE without a dst',
    severity: 'recommended',
    expected: 'her socket is closed with 1000',
    reference: { behaviour: 'leaves the socket open', evidence: /waiting for the server to close the socket/ },
    async run(fixture) {
      const ann = await fixture.connect('ann');
      ann.send({ type: 'LEAVE' });
      assertEqual('the close code', (await ann.waitForClose()).code, 1000);
    },
  },
  {
    id: 'M7.nothing-from-the-grave',
    title: 'Ann sends LEAVE without a dst, another peer connects with her id, then Ann sends an OFFER to Bob',
    severity: 'hardening',
    expected: 'Bob does not receive the OFFER of Ann, because the id belongs to the new owner',
    reference: { behaviour: 'relays it with the id of the new owner', evidence: /from the former owner/ },
    async run(fixture) {
      const [ann, bob] = await fixture.connectPair();
      ann.send({ type: 'LEAVE' });
      const newOwner = await fixture.connectWhenFree('new-owner', { id: ann.id });
      if (ann.isOpen) ann.sendOffer(bob.id, 'from the former owner');
      await ann.waitUntilReadOrClosed();
      newOwner.sendOffer(bob.id, 'from the new owner');
      const received = await bob.receive();
      if (received['payload'] === 'from the new owner') return;
      if (received['src'] === newOwner.id) {
        throw new Dangerous(`Bob received a message of Ann with the id of the new owner: ${formatValue(received)}`);
      }
      throw new Failed(`Bob received ${formatValue(received)}`);
    },
  },
  {
    id: 'M8.silent',
    title: 'Ann sends HEARTBEAT without and with a dst',
    severity: 'required',
    expected: 'no peer receives a frame',
    async run(fixture) {
      const [ann, bob] = await fixture.connectPair();
      ann.send({ type: 'HEARTBEAT' }).send({ type: 'HEARTBEAT', dst: bob.id, payload: 1 });
      await fixture.expectNothing(ann);
      await fixture.expectNothing(bob);
    },
  },
]);
