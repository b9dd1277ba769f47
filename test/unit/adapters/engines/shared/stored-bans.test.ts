import { describe, expect, it } from 'vitest';
import { decodeBan, encodeBan } from '../../../../../src/adapters/engines/shared/stored-bans.ts';
import { realmKey } from '../../../../../src/domain/ids.ts';
import { NEVER } from '../../../../../src/domain/time.ts';

describe('a stored ban', () => {
  it('ADM15: is decoded as it was encoded, with the end that is given', () => {
    const ban = { id: 'id:red/ann', what: 'id', value: 'ann', realm: realmKey('red'), reason: 'spam', endsIn: 5 } as const;
    expect(decodeBan(ban.id, encodeBan(ban), 7)).toEqual({ ...ban, endsIn: 7 });
    const least = { id: 'sub:ann', what: 'sub', value: 'ann', realm: undefined, reason: undefined, endsIn: NEVER } as const;
    expect(decodeBan(least.id, encodeBan(least), NEVER)).toEqual(least);
  });

  it.each(['', '{', 'null', '7', '{"what":"name","value":"ann"}', '{"what":"id"}', '{"what":"id","value":7}'])(
    'promise 6: is rejected: %j',
    (text) => expect(decodeBan('id', text, NEVER)).toBeUndefined(),
  );
});
