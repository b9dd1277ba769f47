import { cases, type CaseDraft } from '../case.ts';
import { assertEqual, assertMembers } from '../assertions.ts';
import { Dangerous } from '../outcomes.ts';
import { uniqueName } from '../fixture.ts';
import { TAKEN } from './refusals.ts';

const LONG = 300;
/** A token of an application may be a JSON Web Token. */
const LONGEST = 2_000;

/** Tokens that a server may take for the one of Ann. */
const SIMILAR: Readonly<Record<string, (name: string) => readonly [own: string, other: string]>> = {
  space: (name) => [`${name}`, `${name} `],
  escaped: (name) => [`${name}A`, `${name}%41`],
  long: (name) => [`${name}${'x'.repeat(LONG)}a`, `${name}${'x'.repeat(LONG)}b`],
};

const DIFFERENCES: Readonly<Record<string, string>> = {
  space: 'a space at the end',
  escaped: 'an escape, which is decoded once only',
  long: `the last of ${LONG} characters`,
};

/** O3, O4: any text is a token, and tokens are compared as they are. */
export const TOKEN_CASES = cases([
  {
    id: 'O3.long-token',
    title: `a handshake with a token of ${LONGEST} characters`,
    severity: 'required',
    expected: 'OPEN: a token may be a JSON Web Token',
    async run(fixture) {
      const token = uniqueName('token').padEnd(LONGEST, 'x');
      assertEqual('the first frame', await (await fixture.openSocket('ann', { token })).receive(), { type: 'OPEN' });
    },
  },
  {
    id: 'O3.odd-token',
    title: 'a handshake with a token that contains spaces, escapes and Unicode',
    severity: 'required',
    expected: 'OPEN: any text is a token',
    async run(fixture) {
      const token = `${uniqueName('token')} a+b%2F=&é"☃`;
      assertEqual('the first frame', await (await fixture.openSocket('ann', { token })).receive(), { type: 'OPEN' });
    },
  },
  ...Object.entries(SIMILAR).map(([name, similar]): CaseDraft => ({
    id: `O4.token-${name}`,
    title: `a handshake with the id of Ann and a token that differs from hers in ${DIFFERENCES[name]}`,
    severity: 'required',
    expected: 'ID-TAKEN: tokens are compared as they are',
    async run(fixture) {
      const [token, other] = similar(uniqueName('token'));
      const { id } = await fixture.connect('ann', { token });
      const first = await (await fixture.openSocket('intruder', { id, token: other })).receive();
      if (first['type'] === 'OPEN') throw new Dangerous('another token received the id of Ann while she is connected');
      assertMembers('the first frame', first, { type: TAKEN.type });
    },
  })),
]);
