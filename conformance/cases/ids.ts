import { cases, type CaseDraft } from '../case.ts';
import { assertEqual, assertMembers, assertThat } from '../assertions.ts';
import { loose } from '../outcomes.ts';
import { uniqueName } from '../fixture.ts';
import { INVALID_ID, refusedWith, TAKEN, WRONG_KEY } from './refusals.ts';

/** Ids that the PeerJS client takes. */
const CLIENT_IDS = { letters: 'Ann', dashes: 'ann-of-green_gables', spaces: 'two words', digits: '0' };
/** Ids that it refuses itself, and that a program of another making may well have. */
const UNUSUAL_IDS = {
  ...{ unicode: 'ünïcode-☃-🦊', plus: '+', escaped: 'a%2Fb', url: 'a/b?c=d&e#f', dots: '..' },
  ...{ tags: '<script>alert(1)</script>', quotes: "'; drop table" },
};
/** Bare, because that is their point; nobody else has them meanwhile. */
const JAVASCRIPT_NAMES = ['__proto__', 'constructor', 'toString', 'null'];

/** O7 to O9: what an id may be, and where sockets open. */
export const ID_CASES = cases([
  ...Object.entries(CLIENT_IDS).map(([name, id]) => validId(name, id, 'required', () => uniqueName(id))),
  ...Object.entries(UNUSUAL_IDS).map(([name, id]) => validId(name, id, 'recommended', () => uniqueName(id))),
  ...JAVASCRIPT_NAMES.map((id) => validId(`name-${id.toLowerCase().replaceAll('_', '')}`, id, 'hardening', () => id)),
  validId('length-128', '128 characters', 'recommended', () => uniqueName('x'.repeat(128)).slice(-128)),
  validId('length-128-unicode', '128 foxes: characters are counted, not their parts', 'recommended', () => '🦊'.repeat(128)),
  ...Object.entries({
    'too-long': ['of 129 characters', 'x'.repeat(129)],
    'far-too-long': ['of 3,000 characters', 'x'.repeat(3000)],
    'line-feed': ['with a line feed', 'an\nn'],
    'null-character': ['with a null character', 'an\u0000n'],
    'c1-character': ['with a control character of C1', 'an\u0085n'],
  }).map(([name, [what = '', id = '']]): CaseDraft => ({
    id: `O7.${name}`,
    title: `a socket with an id ${what}`,
    severity: 'hardening',
    expected: 'ERROR "Invalid id", then close 1008',
    pace: 'alone',
    reference: { behaviour: 'accepts it', evidence: /accepts it/ },
    async run(scene) {
      const socket = await scene.openSocket('ann', { id });
      const first = await socket.receive();
      if (first['type'] === 'OPEN') return loose('accepts it');
      const { code } = await socket.waitForClose();
      return code === 1008 ? refusedWith(first, INVALID_ID) : loose(`closes with ${code}`);
    },
  })),
  {
    id: 'O8.id',
    title: 'a socket with two ids in its query',
    severity: 'recommended',
    expected: 'the last one wins',
    async run(scene) {
      const [first, last] = [uniqueName('first'), uniqueName('last')];
      const socket = await scene.openSocketAt(
        `${scene.server.path}peerjs?key=${scene.server.key}&id=${first}&token=t&id=${last}`,
      );
      assertEqual('the first frame', await socket.receive(), { type: 'OPEN' });
      (await scene.connect('bob')).sendOffer(last, 'hello');
      assertEqual('the payload', (await socket.receive())['payload'], 'hello');
    },
  },
  {
    id: 'O8.key',
    title: 'sockets with two keys in their query, of which one is known',
    severity: 'recommended',
    expected: 'the last one wins',
    async run(scene) {
      const { path, key } = scene.server;
      const target = (one: string, other: string): string =>
        `${path}peerjs?key=${one}&token=t&id=${uniqueName('ann')}&key=${other}`;
      assertEqual('with the known key last', await (await scene.openSocketAt(target('nobody', key))).receive(), { type: 'OPEN' });
      assertMembers('with the unknown key last', await (await scene.openSocketAt(target(key, 'nobody'))).receive(), {
        type: WRONG_KEY.type,
      });
    },
  },
  {
    id: 'O8.token',
    title: 'a socket with two tokens in its query; another with the first of them',
    severity: 'recommended',
    expected: 'the last one wins, so the other hears ID-TAKEN',
    async run(scene) {
      const target = `${scene.server.path}peerjs?key=${scene.server.key}&id=${uniqueName('ann')}&token=first`;
      await (await scene.openSocketAt(`${target}&token=last`)).receive();
      assertMembers('what the other hears', await (await scene.openSocketAt(target)).receive(), { type: TAKEN.type });
    },
  },
  ...Object.entries({
    root: '',
    slash: 'peerjs/',
    'below-path': 'peerjs/more',
    'longer-path': 'peerjss',
    capitals: 'PeerJS',
    'path-twice': 'peerjs/peerjs',
    'http-route': 'peerjs/id',
  }).map(([name, path]): CaseDraft => ({
    id: `O9.${name}`,
    title: `a socket at {path}${path}`,
    severity: 'required',
    expected: 'none opens: 404',
    reference: { behaviour: 'answers 400', evidence: /400/ },
    async run(scene) {
      const status = await scene.handshakeStatus(
        `${scene.server.path}${path}?key=${scene.server.key}&id=${uniqueName('ann')}&token=t`,
      );
      assertThat(status !== 101, 'a socket opens there');
      return status === 404 ? undefined : loose(`answers ${status}`);
    },
  })),
]);

function validId(name: string, what: string, severity: CaseDraft['severity'], idOf: () => string): CaseDraft {
  return {
    id: `O7.${name}`,
    title: `Ann enters with the id ${what}, Bob writes to her, and she answers`,
    severity,
    expected: 'both hear each other, and her id as it is',
    async run(scene) {
      const id = idOf();
      const [ann, bob] = [await scene.connect('ann', { id }), await scene.connect('bob')];
      bob.sendOffer(id, { to: id });
      assertEqual('what Ann hears', await ann.receive(), { type: 'OFFER', src: bob.id, dst: id, payload: { to: id } });
      ann.send({ type: 'ANSWER', dst: bob.id });
      assertEqual('what Bob hears', await bob.receive(), { type: 'ANSWER', src: id, dst: bob.id });
    },
  };
}
