import { cases, type CaseDraft, type Reference } from '../case.ts';
import { equals, has, holds } from '../claims.ts';
import { Dangerous } from '../outcomes.ts';
import { fresh } from '../scene.ts';
import { INCOMPLETE, refusedWith, TAKEN, WRONG_KEY } from './refusals.ts';

const NO_CODE: Reference = { does: 'closes without a code, which a client sees as 1005', shows: /expected \d+, got 1005/ };

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
      const socket = await scene.opensAt(`${path}peerjs?${query.replace('{key}', key)}`);
      const first = await socket.hears();
      await socket.closed();
      equals('what came after it', socket.unheard, []);
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
      const socket = await scene.opensAt(`${scene.server.path}peerjs?key=${scene.server.key}`);
      equals('the code', (await socket.closed()).code, 1008);
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
      const socket = await scene.opens('stranger', { key: wrong(scene.server.key) });
      const first = await socket.hears();
      if (first['type'] === 'OPEN') throw new Dangerous('an unknown key opens a socket');
      await socket.closed();
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
      equals('the code', (await (await scene.opens('stranger', { key: 'nobody' })).closed()).code, 1008);
    },
  },
  {
    id: 'O14.before-open',
    title: 'Ann writes three messages to Bob as soon as her socket is up, without waiting for OPEN',
    severity: 'required',
    expected: 'Ann hears OPEN, and Bob the messages, in order',
    async run(scene) {
      const bob = await scene.enters('bob');
      const ann = await scene.opens('ann');
      for (const n of [1, 2, 3]) ann.sends({ type: 'CANDIDATE', dst: bob.id, payload: n });
      equals(
        'what Bob hears',
        (await bob.hearsAll(3)).map(({ payload }) => payload),
        [1, 2, 3],
      );
      equals('what Ann hears', await ann.hears(), { type: 'OPEN' });
    },
  },
  {
    id: 'O2.own-realm',
    title: 'Ann enters two realms with one id; in the first she writes to the id that Bob has in the second',
    severity: 'hardening',
    expected: 'both open, and nothing passes from one realm to the other',
    needs: 'two keys',
    reference: { does: 'knows one key only', shows: /instead of OPEN/ },
    async run(scene) {
      const [here = '', there = ''] = scene.server.settings.key ?? [];
      const id = fresh('ann');
      const ann = await scene.enters('ann', { id, key: here });
      const namesake = await scene.enters('namesake', { id, key: there });
      const bob = await scene.enters('bob', { key: there });
      ann.offers(bob.id, 'across').offers(id, 'to myself');
      await scene.overhearsNothing(bob, there);
      await scene.overhearsNothing(namesake, there);
    },
  },
  {
    id: 'O2.own-mailboxes',
    title: 'Ann writes to Bob, who is absent; a namesake of his enters another realm, and then Bob his own',
    severity: 'hardening',
    expected: 'the namesake hears nothing, and Bob hears her',
    needs: 'two keys',
    reference: { does: 'knows one key only', shows: /instead of OPEN/ },
    async run(scene) {
      const [here = '', there = ''] = scene.server.settings.key ?? [];
      const [ann, id] = [await scene.enters('ann', { key: here }), fresh('bob')];
      ann.offers(id, 'for Bob only');
      await scene.hearsNothing(ann, here);
      await scene.overhearsNothing(await scene.enters('namesake', { id, key: there }), there);
      equals('the payload', (await (await scene.enters('bob', { id, key: here })).hears())['payload'], 'for Bob only');
    },
  },
  {
    id: 'O3.open',
    title: 'a socket with a free id',
    severity: 'required',
    expected: 'OPEN, and nothing else',
    async run(scene) {
      const ann = await scene.opens('ann');
      equals('the first frame', await ann.hears(), { type: 'OPEN' });
      await scene.hearsNothing(ann);
    },
  },
  {
    id: 'O3.further-parameters',
    title: 'a socket with further parameters, as the client sends them and others',
    severity: 'required',
    expected: 'OPEN: they are ignored',
    async run(scene) {
      const socket = await scene.opensAt(`${scene.socketTarget()}&version=1.5.5&ts=1&__proto__=x`);
      equals('the first frame', await socket.hears(), { type: 'OPEN' });
    },
  },
  {
    id: 'O3.any-order',
    title: 'a socket with its parameters in another order',
    severity: 'required',
    expected: 'OPEN',
    async run(scene) {
      const socket = await scene.opensAt(`${scene.server.path}peerjs?token=t&id=${fresh('ann')}&key=${scene.server.key}`);
      equals('the first frame', await socket.hears(), { type: 'OPEN' });
    },
  },
  {
    id: 'O3.speaks-at-once',
    title: 'Ann writes to Bob as soon as her socket is open, before she has heard OPEN',
    severity: 'recommended',
    expected: 'Bob hears her',
    async run(scene) {
      const bob = await scene.enters('bob');
      const ann = await scene.opens('ann');
      ann.offers(bob.id, 'early');
      equals('the payload', (await bob.hears())['payload'], 'early');
    },
  },
  {
    id: 'O3.many-at-once',
    title: 'a hundred sockets open at once',
    severity: 'required',
    expected: 'each hears OPEN',
    pace: 'alone',
    async run(scene) {
      await Promise.all(Array.from({ length: 100 }, (_, n) => scene.enters(`peer-${n}`)));
    },
  },
  {
    id: 'O4.taken',
    title: "a socket with Ann's id and another token, while Ann is here",
    severity: 'required',
    expected: 'ID-TAKEN, and the socket is closed',
    async run(scene) {
      const ann = await scene.enters('ann');
      const thief = await scene.opens('thief', { id: ann.id });
      const first = await thief.hears();
      if (first['type'] === 'OPEN') throw new Dangerous("another token was given Ann's id while she is here");
      await thief.closed();
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
      const ann = await scene.enters('ann');
      equals('the code', (await (await scene.opens('thief', { id: ann.id })).closed()).code, 1008);
    },
  },
  {
    id: 'O4.holder-stays',
    title: "a socket with Ann's id and another token; then Bob writes to Ann",
    severity: 'required',
    expected: 'Ann hears Bob, and nothing of the other',
    async run(scene) {
      const [ann, bob] = await scene.pair();
      await (await scene.opens('thief', { id: ann.id })).closed();
      bob.offers(ann.id, 'still you?');
      equals('what Ann hears', await ann.hears(), { type: 'OFFER', src: bob.id, dst: ann.id, payload: 'still you?' });
      await scene.hearsNothing(ann);
    },
  },
  {
    id: 'O4.thief-is-mute',
    title: "a socket with Ann's id and another token writes to Bob as soon as it is open",
    severity: 'required',
    expected: 'Bob hears nothing of it',
    async run(scene) {
      const [ann, bob] = await scene.pair();
      const thief = await scene.opens('thief', { id: ann.id });
      if (thief.isOpen) thief.offers(bob.id, 'I am Ann');
      await thief.closed();
      await scene.overhearsNothing(bob);
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
      const token = fresh('Token');
      const { id } = await scene.enters('ann', { token });
      const thief = await scene.opens('thief', { id, token: almost(token) });
      has('the first frame', await thief.hears(), { type: TAKEN.type });
    },
  })),
  {
    id: 'O4.former-holder',
    title: 'Ann leaves, an heir enters with her id and another token, and a socket comes with the token that Ann had',
    severity: 'required',
    expected: 'ID-TAKEN: the id is that of the heir',
    async run(scene) {
      const ann = await scene.enters('ann');
      await ann.leaves();
      await scene.entersWhenFree('heir', { id: ann.id });
      const first = await (await scene.comesBack(ann)).hears();
      if (first['type'] === 'OPEN') throw new Dangerous('a token of the past was given the id of the heir');
      has('the first frame', first, { type: TAKEN.type });
    },
  },
  {
    id: 'O4.race',
    title: 'ten sockets with one free id and ten tokens, at once',
    severity: 'required',
    expected: 'one hears OPEN, the others ID-TAKEN',
    async run(scene) {
      const id = fresh('ann');
      const racers = await Promise.all(Array.from({ length: 10 }, (_, n) => scene.opens(`racer-${n}`, { id })));
      const types = await Promise.all(racers.map(async (racer) => (await racer.hears())['type']));
      const winners = types.filter((type) => type === 'OPEN').length;
      if (winners > 1) throw new Dangerous(`${winners} tokens were given one id`);
      holds(winners === 1, 'nobody was given the id');
      equals('what the others hear', new Set(types), new Set(['OPEN', 'ID-TAKEN']));
    },
  },
]);
