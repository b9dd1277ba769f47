import { cases, type CaseDraft, type Reference } from '../case.ts';
import { assertEqual, assertMembers, assertThat } from '../assertions.ts';
import { Dangerous } from '../outcomes.ts';
import { uniqueName } from '../fixture.ts';
import { INCOMPLETE, refusedWith, TAKEN, WRONG_KEY } from './refusals.ts';

const NO_CODE: Reference = {
  behaviour: 'closes without a status code, which the client reports as 1005',
  evidence: /expected \d+, got 1005/,
};

const INCOMPLETE_QUERIES = {
  'no-query': '',
  'key-only': 'key={key}',
  'no-token': 'key={key}&id=ann',
  'no-id': 'key={key}&token=t',
  'no-key': 'id=ann&token=t',
  'empty-key': 'key=&id=ann&token=t',
  'empty-id': 'key={key}&id=&token=t',
  'empty-token': 'key={key}&id=ann&token=',
};

/** O1 to O4: registration. */
export const OPENING_CASES = cases([
  ...Object.entries(INCOMPLETE_QUERIES).map(([name, query]): CaseDraft => ({
    id: `O1.${name}`,
    title: `a handshake with the query ?${query}`,
    severity: 'required',
    expected: 'an ERROR frame reports the missing parameter, no other frame follows, and the socket is closed',
    async run(fixture) {
      const { path, key } = fixture.server;
      const socket = await fixture.openSocketAt(`${path}peerjs?${query.replace('{key}', key)}`);
      const first = await socket.receive();
      await socket.waitForClose();
      assertEqual('the frames after the ERROR', socket.unread, []);
      return refusedWith(first, INCOMPLETE);
    },
  })),
  {
    id: 'O1.code',
    title: 'a handshake without id and token',
    severity: 'recommended',
    expected: 'the socket is closed with 1008',
    reference: NO_CODE,
    async run(fixture) {
      const socket = await fixture.openSocketAt(`${fixture.server.path}peerjs?key=${fixture.server.key}`);
      assertEqual('the close code', (await socket.waitForClose()).code, 1008);
    },
  },
  ...Object.entries({
    unknown: () => 'unknown',
    capitals: (key: string) => key.charAt(0).toUpperCase() + key.slice(1),
    'space-behind': (key: string) => `${key} `,
    proto: () => '__proto__',
    constructor: () => 'constructor',
  }).map(([name, wrong]): CaseDraft => ({
    id: `O2.${name}`,
    title: `a handshake with the unknown key "${wrong('peerjs')}"`,
    severity: 'required',
    expected: 'an ERROR frame with the reason, and the socket is closed',
    async run(fixture) {
      const socket = await fixture.openSocket('unknown-key', { key: wrong(fixture.server.key) });
      const first = await socket.receive();
      if (first['type'] === 'OPEN') throw new Dangerous('the server accepted an unknown key');
      await socket.waitForClose();
      return refusedWith(first, WRONG_KEY);
    },
  })),
  {
    id: 'O2.code',
    title: 'a handshake with an unknown key',
    severity: 'recommended',
    expected: 'the socket is closed with 1008',
    reference: NO_CODE,
    async run(fixture) {
      assertEqual(
        'the close code',
        (await (await fixture.openSocket('unknown-key', { key: 'unknown' })).waitForClose()).code,
        1008,
      );
    },
  },
  {
    id: 'O14.before-open',
    title: 'Ann sends Bob three messages immediately after the handshake, without waiting for OPEN',
    severity: 'required',
    expected: 'Ann receives OPEN, and Bob receives the messages in order',
    async run(fixture) {
      const bob = await fixture.connect('bob');
      const ann = await fixture.openSocket('ann');
      for (const n of [1, 2, 3]) ann.sendMessage('CANDIDATE', bob.id, n);
      assertEqual(
        'frame received by Bob',
        (await bob.receiveMany(3)).map(({ payload }) => payload),
        [1, 2, 3],
      );
      assertEqual('frame received by Ann', await ann.receive(), { type: 'OPEN' });
    },
  },
  {
    id: 'O2.own-realm',
    title:
      'Ann connects to two realms with the same id; in the first one she sends an OFFER to the id that Bob has in the second one',
    severity: 'hardening',
    expected: 'OPEN in both realms, and no message crosses the realms',
    setup: 'two keys',
    reference: { behaviour: 'supports only one key', evidence: /instead of OPEN/ },
    async run(fixture) {
      const [here = '', there = ''] = fixture.server.settings.key ?? [];
      const id = uniqueName('ann');
      const ann = await fixture.connect('ann', { id, key: here });
      const namesake = await fixture.connect('namesake', { id, key: there });
      const bob = await fixture.connect('bob', { key: there });
      ann.sendOffer(bob.id, 'across').sendOffer(id, 'to myself');
      await fixture.expectNoLeak(bob, there);
      await fixture.expectNoLeak(namesake, there);
    },
  },
  {
    id: 'O2.own-mailboxes',
    title: 'Ann sends an OFFER to absent Bob; a peer with his id connects to another realm, then Bob connects to his realm',
    severity: 'hardening',
    expected: 'only Bob receives the OFFER',
    setup: 'two keys',
    reference: { behaviour: 'supports only one key', evidence: /instead of OPEN/ },
    async run(fixture) {
      const [here = '', there = ''] = fixture.server.settings.key ?? [];
      const [ann, id] = [await fixture.connect('ann', { key: here }), uniqueName('bob')];
      ann.sendOffer(id, 'for Bob only');
      await fixture.expectNothing(ann, here);
      await fixture.expectNoLeak(await fixture.connect('namesake', { id, key: there }), there);
      assertEqual('the payload', (await (await fixture.connect('bob', { id, key: here })).receive())['payload'], 'for Bob only');
    },
  },
  {
    id: 'O3.open',
    title: 'a handshake with a free id',
    severity: 'required',
    expected: 'OPEN and no other frame',
    async run(fixture) {
      const ann = await fixture.openSocket('ann');
      assertEqual('the first frame', await ann.receive(), { type: 'OPEN' });
      await fixture.expectNothing(ann);
    },
  },
  {
    id: 'O3.further-parameters',
    title: 'a handshake with additional parameters, among them those of the PeerJS client',
    severity: 'required',
    expected: 'OPEN: unknown parameters are ignored',
    async run(fixture) {
      const socket = await fixture.openSocketAt(`${fixture.socketTarget()}&version=1.5.5&ts=1&__proto__=x`);
      assertEqual('the first frame', await socket.receive(), { type: 'OPEN' });
    },
  },
  {
    id: 'O3.any-order',
    title: 'a handshake with the parameters in another order',
    severity: 'required',
    expected: 'OPEN',
    async run(fixture) {
      const socket = await fixture.openSocketAt(
        `${fixture.server.path}peerjs?token=t&id=${uniqueName('ann')}&key=${fixture.server.key}`,
      );
      assertEqual('the first frame', await socket.receive(), { type: 'OPEN' });
    },
  },
  {
    id: 'O3.speaks-at-once',
    title: 'Ann sends an OFFER to Bob immediately after the handshake, before she receives OPEN',
    severity: 'recommended',
    expected: 'Bob receives the OFFER',
    async run(fixture) {
      const bob = await fixture.connect('bob');
      const ann = await fixture.openSocket('ann');
      ann.sendOffer(bob.id, 'early');
      assertEqual('the payload', (await bob.receive())['payload'], 'early');
    },
  },
  {
    id: 'O3.many-at-once',
    title: '100 handshakes in parallel',
    severity: 'required',
    expected: 'OPEN on each socket',
    pace: 'alone',
    async run(fixture) {
      await Promise.all(Array.from({ length: 100 }, (_, n) => fixture.connect(`peer-${n}`)));
    },
  },
  {
    id: 'O4.taken',
    title: 'a handshake with the id of Ann and another token, while Ann is connected',
    severity: 'required',
    expected: 'ID-TAKEN, and the socket is closed; otherwise a peer could take the id of another one',
    async run(fixture) {
      const ann = await fixture.connect('ann');
      const intruder = await fixture.openSocket('intruder', { id: ann.id });
      const first = await intruder.receive();
      if (first['type'] === 'OPEN') throw new Dangerous('another token received the id of Ann while she is connected');
      await intruder.waitForClose();
      return refusedWith(first, TAKEN);
    },
  },
  {
    id: 'O4.code',
    title: 'a handshake with the id of Ann and another token',
    severity: 'recommended',
    expected: 'the socket is closed with 1008',
    reference: NO_CODE,
    async run(fixture) {
      const ann = await fixture.connect('ann');
      assertEqual('the close code', (await (await fixture.openSocket('intruder', { id: ann.id })).waitForClose()).code, 1008);
    },
  },
  {
    id: 'O4.holder-stays',
    title: 'a handshake with the id of Ann and another token; then Bob sends an OFFER to Ann',
    severity: 'required',
    expected: 'Ann receives the OFFER and no other frame: a refused socket does not affect the owner',
    async run(fixture) {
      const [ann, bob] = await fixture.connectPair();
      await (await fixture.openSocket('intruder', { id: ann.id })).waitForClose();
      bob.sendOffer(ann.id, 'still you?');
      assertEqual('frame received by Ann', await ann.receive(), {
        type: 'OFFER',
        src: bob.id,
        dst: ann.id,
        payload: 'still you?',
      });
      await fixture.expectNothing(ann);
    },
  },
  {
    id: 'O4.thief-is-mute',
    title: 'a socket with the id of Ann and another token sends an OFFER to Bob immediately after the handshake',
    severity: 'required',
    expected: 'Bob receives nothing, because the socket does not own the id',
    async run(fixture) {
      const [ann, bob] = await fixture.connectPair();
      const intruder = await fixture.openSocket('intruder', { id: ann.id });
      if (intruder.isOpen) intruder.sendOffer(bob.id, 'I am Ann');
      await intruder.waitForClose();
      await fixture.expectNoLeak(bob);
    },
  },
  ...Object.entries({
    prefix: (token: string) => token.slice(0, -1),
    longer: (token: string) => `${token}x`,
    case: (token: string) => token.toLowerCase(),
  }).map(([name, almost]): CaseDraft => ({
    id: `O4.token-${name}`,
    title: `a handshake with the id of Ann and the token "${almost('Token')}", where her token is "Token"`,
    severity: 'required',
    expected: 'ID-TAKEN: tokens are compared exactly',
    async run(fixture) {
      const token = uniqueName('Token');
      const { id } = await fixture.connect('ann', { token });
      const intruder = await fixture.openSocket('intruder', { id, token: almost(token) });
      assertMembers('the first frame', await intruder.receive(), { type: TAKEN.type });
    },
  })),
  {
    id: 'O4.former-holder',
    title: 'Ann disconnects, another peer connects with her id and another token, then a socket uses the former token of Ann',
    severity: 'required',
    expected: 'ID-TAKEN: the id belongs to the new owner',
    async run(fixture) {
      const ann = await fixture.connect('ann');
      await ann.close();
      await fixture.connectWhenFree('new-owner', { id: ann.id });
      const first = await (await fixture.reconnect(ann)).receive();
      if (first['type'] === 'OPEN') throw new Dangerous('a former token received the id of the new owner');
      assertMembers('the first frame', first, { type: TAKEN.type });
    },
  },
  {
    id: 'O4.race',
    title: 'ten handshakes in parallel with the same free id and different tokens',
    severity: 'required',
    expected: 'one socket receives OPEN, the others receive ID-TAKEN',
    async run(fixture) {
      const id = uniqueName('ann');
      const racers = await Promise.all(Array.from({ length: 10 }, (_, n) => fixture.openSocket(`racer-${n}`, { id })));
      const types = await Promise.all(racers.map(async (racer) => (await racer.receive())['type']));
      const winners = types.filter((type) => type === 'OPEN').length;
      if (winners > 1) throw new Dangerous(`${winners} tokens received the same id`);
      assertThat(winners === 1, 'no socket received the id');
      assertEqual('the frames of all sockets', new Set(types), new Set(['OPEN', 'ID-TAKEN']));
    },
  },
]);
