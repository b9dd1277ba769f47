import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readCredentials } from '../../../src/adapters/dialects/peerjs/routes.ts';

const NAME = fc.constantFrom('key', 'id', 'token', 'version', 'Id', 'i', 'idd', 'keytoken', '', '%69d', 'id+');
const VALUE = fc.oneof(
  fc.stringMatching(/^[a-z0-9=?/-]{0,20}$/),
  fc.string({ unit: 'grapheme', maxLength: 8 }),
  fc.constantFrom('%', '%41', 'a+b', 'id'),
);
const PAIR = fc
  .tuple(NAME, fc.constantFrom('=', '=', '=', ''), VALUE)
  .map(([name, equals, value]) => `${name}${equals}${equals && value}`);
const QUERY = fc
  .array(fc.oneof({ arbitrary: PAIR, weight: 9 }, fc.constantFrom('', '=', '&')), { maxLength: 6 })
  .map((pairs) => pairs.join('&'));

it('O7, O8: reads credentials like URLSearchParams, escaped or not', () => {
  fc.assert(
    fc.property(QUERY, (query) => {
      const parameters = new URLSearchParams(query);
      const last = (name: string): string | undefined => parameters.getAll(name).at(-1);
      // The first `?` of a target is not part of the query.
      fc.pre(!query.startsWith('?'));
      expect(readCredentials(query)).toEqual({ key: last('key'), id: last('id'), token: last('token') });
    }),
    { numRuns: 5_000 },
  );
});
