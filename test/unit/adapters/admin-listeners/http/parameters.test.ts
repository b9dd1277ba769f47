import { describe, expect, it } from 'vitest';
import { banRequest, peerQuery, reasonIn, traceTarget } from '../../../../../src/adapters/admin-listeners/http/parameters.ts';
import { NEVER } from '../../../../../src/domain/time.ts';

describe('the parameters of a request', () => {
  it('ADM2: of a list have defaults', () => {
    expect(peerQuery(new URLSearchParams())).toEqual({ realm: undefined, prefix: undefined, after: undefined, limit: 100 });
    expect(peerQuery(new URLSearchParams('realm=a&prefix=b&after=3@node&limit=1000'))).toEqual({
      ...{ realm: 'a', prefix: 'b', after: '3@node', limit: 1_000 },
    });
  });

  it.each(['limit=0', 'limit=1001', 'limit=x', 'after=x', 'after=3', `prefix=${'x'.repeat(257)}`, 'realm=a%00'])(
    'ADM13: of a list are refused: %s',
    (query) => expect(() => peerQuery(new URLSearchParams(query))).toThrow('must be'),
  );

  it('ADM6: of a trace name the peer', () => {
    expect(traceTarget(new URLSearchParams('realm=a&id=b'))).toEqual({ realm: 'a', id: 'b' });
    expect(() => traceTarget(new URLSearchParams('id=b'))).toThrow('realm and id are required');
  });

  it('ADM8: have the reason of an act', () => {
    expect([reasonIn(new URLSearchParams('reason=spam')), reasonIn(new URLSearchParams())]).toEqual(['spam', undefined]);
  });

  it('ADM4: of a ban have an end by the clock of the broker', () => {
    const until = new Date(11_000).toISOString();
    expect(banRequest({ what: 'id', value: 'ann', until }, 1_000, 500)).toEqual({
      ...{ what: 'id', value: 'ann', realm: undefined, endsAt: 10_500, reason: undefined },
    });
    expect(banRequest({ what: 'sub', value: 'ann', reason: 'spam' }, 1_000, 500)).toMatchObject({
      endsAt: NEVER,
      reason: 'spam',
    });
    expect(() => banRequest({ what: 'sub', value: 'ann', until: 5 }, 1_000, 500)).toThrow('until must be');
  });
});
