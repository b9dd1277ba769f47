import { cases, type CaseDraft } from '../case.ts';
import { assertEqual, assertMembers, assertThat } from '../assertions.ts';
import { loose } from '../outcomes.ts';
import { uniqueName } from '../fixture.ts';
import { connectUnlessRefused, REFUSES_ID } from './unusual-ids.ts';
import { INVALID_ID, refusedWith, TAKEN, WRONG_KEY } from './refusals.ts';

/** Ids that the PeerJS client accepts. */
const CLIENT_IDS = { letters: 'Ann', dashes: 'ann-of-green_gables', spaces: 'two words' };
/** Ids that the PeerJS client rejects, but that other clients may use. */
const UNUSUAL_IDS = {
  ...{ unicode: 'ünïcode-☃-🦊', plus: '+', escaped: 'a%2Fb', url: 'a/b?c=d&e#f', dots: '..' },
  ...{ tags: '<script>alert(1)</script>', quotes: "'; drop table" },
};
/** Used without a unique suffix; no other case uses them. */
const JAVASCRIPT_NAMES = ['__proto__', 'constructor', 'toString', 'null'];

/** O7 to O9: valid ids, repeated parameters, and the path of the socket. */
export const ID_CASES = cases([
  ...Object.entries(CLIENT_IDS).map(([name, id]) => validId(name, id, 'required', () => uniqueName(id))),
  ...Object.entries(UNUSUAL_IDS).map(([name, id]) => validId(name, id, 'unusual', () => uniqueName(id))),
  ...JAVASCRIPT_NAMES.map((id) => validId(`name-${id.toLowerCase().replaceAll('_', '')}`, id, 'hardening', () => id)),
  validId('length-128', 'of 128 characters', 'unusual', () => uniqueName('x'.repeat(128)).slice(-128)),
  validId('length-128-unicode', 'of 128 fox emoji (the length is counted in code points)', 'unusual', () => '🦊'.repeat(128)),
  ...Object.entries({
    'too-long': ['of 129 characters', 'x'.repeat(129)],
    'far-too-long': ['of 3,000 characters', 'x'.repeat(3000)],
    'line-feed': ['with a line feed', 'an\nn'],
    'null-character': ['with a NUL character', 'an\u0000n'],
    'c1-character': ['with a C1 control character', 'an\u0085n'],
  }).map(([name, [what = '', id = '']]): CaseDraft => ({
    id: `O7.${name}`,
    title: `a handshake with an id ${what}`,
    severity: 'hardening',
    expected: 'an ERROR frame with "Invalid id", then close code 1008',
    pace: 'alone',
    reference: { behaviour: 'accepts it', evidence: /accepts it/ },
    async run(fixture) {
      const socket = await fixture.openSocket('ann', { id });
      const first = await socket.receive();
      if (first['type'] === 'OPEN') return loose('accepts it');
      const { code } = await socket.waitForClose();
      return code === 1008 ? refusedWith(first, INVALID_ID) : loose(`closes with ${code}`);
    },
  })),
  {
    id: 'O8.id',
    title: 'a handshake with two id parameters',
    severity: 'recommended',
    expected: 'the last value is used',
    async run(fixture) {
      const [first, last] = [uniqueName('first'), uniqueName('last')];
      const socket = await fixture.openSocketAt(
        `${fixture.server.path}peerjs?key=${fixture.server.key}&id=${first}&token=t&id=${last}`,
      );
      assertEqual('the first frame', await socket.receive(), { type: 'OPEN' });
      (await fixture.connect('bob')).sendOffer(last, 'hello');
      assertEqual('the payload', (await socket.receive())['payload'], 'hello');
    },
  },
  {
    id: 'O8.key',
    title: 'handshakes with two key parameters, one of which is known',
    severity: 'recommended',
    expected: 'the last value is used',
    async run(fixture) {
      const { path, key } = fixture.server;
      const target = (one: string, other: string): string =>
        `${path}peerjs?key=${one}&token=t&id=${uniqueName('ann')}&key=${other}`;
      assertEqual('first frame with the known key last', await (await fixture.openSocketAt(target('unknown', key))).receive(), {
        type: 'OPEN',
      });
      assertMembers(
        'first frame with the unknown key last',
        await (await fixture.openSocketAt(target(key, 'unknown'))).receive(),
        {
          type: WRONG_KEY.type,
        },
      );
    },
  },
  {
    id: 'O8.token',
    title: 'a handshake with two token parameters; another one with the first token only',
    severity: 'recommended',
    expected: 'the last value is used, so the second socket receives ID-TAKEN',
    async run(fixture) {
      const target = `${fixture.server.path}peerjs?key=${fixture.server.key}&id=${uniqueName('ann')}&token=first`;
      await (await fixture.openSocketAt(`${target}&token=last`)).receive();
      assertMembers('frame received on the second socket', await (await fixture.openSocketAt(target)).receive(), {
        type: TAKEN.type,
      });
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
    title: `a handshake at {path}${path}`,
    severity: 'required',
    expected: '404: only {path}peerjs accepts handshakes',
    reference: { behaviour: 'answers 400', evidence: /400/ },
    async run(fixture) {
      const status = await fixture.handshakeStatus(
        `${fixture.server.path}${path}?key=${fixture.server.key}&id=${uniqueName('ann')}&token=t`,
      );
      assertThat(status !== 101, 'the handshake was accepted');
      return status === 404 ? undefined : loose(`answers ${status}`);
    },
  })),
]);

function validId(name: string, what: string, severity: CaseDraft['severity'] | 'unusual', idOf: () => string): CaseDraft {
  const mayRefuse = severity === 'unusual';
  return {
    id: `O7.${name}`,
    title: `Ann connects with the id ${what}, Bob sends an OFFER to her, and Ann sends an ANSWER`,
    severity: mayRefuse ? 'required' : severity,
    expected: `both messages are delivered, with the id of Ann unchanged${mayRefuse ? '; or the id is refused, which is loose' : ''}`,
    async run(fixture) {
      const id = idOf();
      const [ann, bob] = [await connectUnlessRefused(fixture, 'ann', id), await fixture.connect('bob')];
      if (ann === undefined && mayRefuse) return REFUSES_ID;
      assertThat(ann !== undefined, 'the server refuses the id');
      bob.sendOffer(id, { to: id });
      assertEqual('frame received by Ann', await ann.receive(), { type: 'OFFER', src: bob.id, dst: id, payload: { to: id } });
      ann.sendMessage('ANSWER', bob.id, 'answer');
      assertEqual('frame received by Bob', await bob.receive(), { type: 'ANSWER', src: id, dst: bob.id, payload: 'answer' });
      return undefined;
    },
  };
}
