import { cases, type CaseDraft, type Reference } from '../case.ts';
import { assertEqual, assertMembers, assertThat } from '../assertions.ts';
import { Dangerous } from '../outcomes.ts';
import { uniqueName } from '../fixture.ts';
import { INCOMPLETE, refusedWith, TAKEN, WRONG_KEY } from './refusals.ts';

const NO_CODE: Reference = {
  behaviour: 'closes without a code, which a client sees as 1005',
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

/** O1 to O4: who gets in. */
export const OPENING_CASES = cases([
  ...Object.entries(INCOMPLETE_QUERIES).map(([name, query]): CaseDraft => ({
    id: `O1.${name}`,
    title: `a socket with the query ?${query}`,
    severity: 'required',
    expected: 'an ERROR says what is missing, nothing else comes, and the socket is closed',
    async run(scene) {
      const { path, key } = scene.server;
      const socket = await scene.openSocketAt(`${path}peerjs?${query.replace('{key}', key)}`);
      const first = await socket.receive();
      await socket.waitForClose();
      assertEqual('what came after it', socket.unread, []);
      return refusedWith(first, INCOMPLETE);
    },
  })),
  {
    id: 'O1.code',
    title: 'a socket without id and token',
    severity: 'recommended',
    expected: 'it is closed with 1008',
    reference: NO_CODE,
    async run(scene) {
      const socket = await scene.openSocketAt(`${scene.server.path}peerjs?key=${scene.server.key}`);
      assertEqual('the code', (await socket.waitForClose()).code, 1008);
    },
  },
  ...Object.entries({
    unknown: () => 'nobody',
    capitals: (key: string) => key.charAt(0).toUpperCase() + key.slice(1),
    'space-behind': (key: string) => `${key} `,
    proto: () => '__proto__',
    constructor: () => 'constructor',
  }).map(([name, wrong]): CaseDraft => ({
    id: `O2.${name}`,
    title: `a socket with the key "${wrong('peerjs')}", which is not known`,
    severity: 'required',
    expected: 'an ERROR says so, and the socket is closed',
    async run(scene) {
      const socket = await scene.openSocket('stranger', { key: wrong(scene.server.key) });
      const first = await socket.receive();
      if (first['type'] === 'OPEN') throw new Dangerous('an unknown key opens a socket');
      await socket.waitForClose();
      return refusedWith(first, WRONG_KEY);
    },
  })),
  {
    id: 'O2.code',
    title: 'a socket with an unknown key',
    severity: 'recommended',
    expected: 'it is closed with 1008',
    reference: NO_CODE,
    async run(scene) {
      assertEqual('the code', (await (await scene.openSocket('stranger', { key: 'nobody' })).waitForClose()).code, 1008);
    },
  },
  {
    id: 'O14.before-open',
    title: 'Ann writes three messages to Bob as soon as her socket is up, without waiting for OPEN',
    severity: 'required',
    expected: 'Ann hears OPEN, and Bob the messages, in order',
    async run(scene) {
      const bob = await scene.connect('bob');
      const ann = await scene.openSocket('ann');
      for (const n of [1, 2, 3]) ann.send({ type: 'CANDIDATE', dst: bob.id, payload: n });
      assertEqual(
        'what Bob hears',
        (await bob.receiveMany(3)).map(({ payload }) => payload),
        [1, 2, 3],
      );
      assertEqual('what Ann hears', await ann.receive(), { type: 'OPEN' });
    },
  },
  {
    id: 'O2.own-realm',
    title: 'Ann enters two realms with one id; in the first she writes to the id that Bob has in the second',
    severity: 'hardening',
    expected: 'both open, and nothing passes from one realm to the other',
    setup: 'two keys',
    reference: { behaviour: 'knows one key only', evidence: /instead of OPEN/ },
    async run(scene) {
      const [here = '', there = ''] = scene.server.settings.key ?? [];
      const id = uniqueName('ann');
      const ann = await scene.connect('ann', { id, key: here });
      const namesake = await scene.connect('namesake', { id, key: there });
      const bob = await scene.connect('bob', { key: there });
      ann.sendOffer(bob.id, 'across').sendOffer(id, 'to myself');
      await scene.expectNoLeak(bob, there);
      await scene.expectNoLeak(namesake, there);
    },
  },
  {
    id: 'O2.own-mailboxes',
    title: 'Ann writes to Bob, who is absent; a namesake of his enters another realm, and then Bob his own',
    severity: 'hardening',
    expected: 'the namesake hears nothing, and Bob hears her',
    setup: 'two keys',
    reference: { behaviour: 'knows one key only', evidence: /instead of OPEN/ },
    async run(scene) {
      const [here = '', there = ''] = scene.server.settings.key ?? [];
      const [ann, id] = [await scene.connect('ann', { key: here }), uniqueName('bob')];
      ann.sendOffer(id, 'for Bob only');
      await scene.expectNothing(ann, here);
      await scene.expectNoLeak(await scene.connect('namesake', { id, key: there }), there);
      assertEqual('the payload', (await (await scene.connect('bob', { id, key: here })).receive())['payload'], 'for Bob only');
    },
  },
  {
    id: 'O3.open',
    title: 'a socket with a free id',
    severity: 'required',
    expected: 'OPEN, and nothing else',
    async run(scene) {
      const ann = await scene.openSocket('ann');
      assertEqual('the first frame', await ann.receive(), { type: 'OPEN' });
      await scene.expectNothing(ann);
    },
  },
  {
    id: 'O3.further-parameters',
    title: 'a socket with further parameters, as the client sends them and others',
    severity: 'required',
    expected: 'OPEN: they are ignored',
    async run(scene) {
      const socket = await scene.openSocketAt(`${scene.socketTarget()}&version=1.5.5&ts=1&__proto__=x`);
      assertEqual('the first frame', await socket.receive(), { type: 'OPEN' });
    },
  },
  {
    id: 'O3.any-order',
    title: 'a socket with its parameters in another order',
    severity: 'required',
    expected: 'OPEN',
    async run(scene) {
      const socket = await scene.openSocketAt(
        `${scene.server.path}peerjs?token=t&id=${uniqueName('ann')}&key=${scene.server.key}`,
      );
      assertEqual('the first frame', await socket.receive(), { type: 'OPEN' });
    },
  },
  {
    id: 'O3.speaks-at-once',
    title: 'Ann writes to Bob as soon as her socket is open, before she has heard OPEN',
    severity: 'recommended',
    expected: 'Bob hears her',
    async run(scene) {
      const bob = await scene.connect('bob');
      const ann = await scene.openSocket('ann');
      ann.sendOffer(bob.id, 'early');
      assertEqual('the payload', (await bob.receive())['payload'], 'early');
    },
  },
  {
    id: 'O3.many-at-once',
    title: 'a hundred sockets open at once',
    severity: 'required',
    expected: 'each hears OPEN',
    pace: 'alone',
    async run(scene) {
      await Promise.all(Array.from({ length: 100 }, (_, n) => scene.connect(`peer-${n}`)));
    },
  },
  {
    id: 'O4.taken',
    title: "a socket with Ann's id and another token, while Ann is here",
    severity: 'required',
    expected: 'ID-TAKEN, and the socket is closed',
    async run(scene) {
      const ann = await scene.connect('ann');
      const thief = await scene.openSocket('thief', { id: ann.id });
      const first = await thief.receive();
      if (first['type'] === 'OPEN') throw new Dangerous("another token was given Ann's id while she is here");
      await thief.waitForClose();
      return refusedWith(first, TAKEN);
    },
  },
  {
    id: 'O4.code',
    title: "a socket with Ann's id and another token",
    severity: 'recommended',
    expected: 'it is closed with 1008',
    reference: NO_CODE,
    async run(scene) {
      const ann = await scene.connect('ann');
      assertEqual('the code', (await (await scene.openSocket('thief', { id: ann.id })).waitForClose()).code, 1008);
    },
  },
  {
    id: 'O4.holder-stays',
    title: "a socket with Ann's id and another token; then Bob writes to Ann",
    severity: 'required',
    expected: 'Ann hears Bob, and nothing of the other',
    async run(scene) {
      const [ann, bob] = await scene.connectPair();
      await (await scene.openSocket('thief', { id: ann.id })).waitForClose();
      bob.sendOffer(ann.id, 'still you?');
      assertEqual('what Ann hears', await ann.receive(), { type: 'OFFER', src: bob.id, dst: ann.id, payload: 'still you?' });
      await scene.expectNothing(ann);
    },
  },
  {
    id: 'O4.thief-is-mute',
    title: "a socket with Ann's id and another token writes to Bob as soon as it is open",
    severity: 'required',
    expected: 'Bob hears nothing of it',
    async run(scene) {
      const [ann, bob] = await scene.connectPair();
      const thief = await scene.openSocket('thief', { id: ann.id });
      if (thief.isOpen) thief.sendOffer(bob.id, 'I am Ann');
      await thief.waitForClose();
      await scene.expectNoLeak(bob);
    },
  },
  ...Object.entries({
    prefix: (token: string) => token.slice(0, -1),
    longer: (token: string) => `${token}x`,
    case: (token: string) => token.toLowerCase(),
  }).map(([name, almost]): CaseDraft => ({
    id: `O4.token-${name}`,
    title: `a socket with Ann's id and "${almost('Token')}", where her token is "Token"`,
    severity: 'required',
    expected: 'ID-TAKEN: it is another token',
    async run(scene) {
      const token = uniqueName('Token');
      const { id } = await scene.connect('ann', { token });
      const thief = await scene.openSocket('thief', { id, token: almost(token) });
      assertMembers('the first frame', await thief.receive(), { type: TAKEN.type });
    },
  })),
  {
    id: 'O4.former-holder',
    title: 'Ann leaves, an heir enters with her id and another token, and a socket comes with the token that Ann had',
    severity: 'required',
    expected: 'ID-TAKEN: the id is that of the heir',
    async run(scene) {
      const ann = await scene.connect('ann');
      await ann.close();
      await scene.connectWhenFree('heir', { id: ann.id });
      const first = await (await scene.reconnect(ann)).receive();
      if (first['type'] === 'OPEN') throw new Dangerous('a token of the past was given the id of the heir');
      assertMembers('the first frame', first, { type: TAKEN.type });
    },
  },
  {
    id: 'O4.race',
    title: 'ten sockets with one free id and ten tokens, at once',
    severity: 'required',
    expected: 'one hears OPEN, the others ID-TAKEN',
    async run(scene) {
      const id = uniqueName('ann');
      const racers = await Promise.all(Array.from({ length: 10 }, (_, n) => scene.openSocket(`racer-${n}`, { id })));
      const types = await Promise.all(racers.map(async (racer) => (await racer.receive())['type']));
      const winners = types.filter((type) => type === 'OPEN').length;
      if (winners > 1) throw new Dangerous(`${winners} tokens were given one id`);
      assertThat(winners === 1, 'nobody was given the id');
      assertEqual('what the others hear', new Set(types), new Set(['OPEN', 'ID-TAKEN']));
    },
  },
]);
