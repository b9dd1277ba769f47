import { describe, expect, it } from 'vitest';
import { Guests } from '../../../src/domain/guests.ts';
import { Realm, type RealmSession } from '../../../src/domain/realm.ts';
import { Token } from '../../../src/domain/token.ts';
import { LIMITS, REALM_IDENTITY, session, SOCKET_TRAITS } from './session-fixture.ts';

const realm = new Realm(REALM_IDENTITY, LIMITS);
const guest = (clientId: string | undefined, token = 't', space = 'letters'): RealmSession =>
  session('x', realm, 0, { clientId, token: new Token(token), traits: { ...SOCKET_TRAITS, space } });

describe('T16: the client ids of guests', () => {
  it('replace an earlier connection with the same token', () => {
    const guests = new Guests();
    const first = guest('phone');
    guests.add(first);
    expect(guests.admission(guest('phone'), true)).toEqual({ replaced: first });
    expect(guests.admission(guest('phone', 'other'), false)).toEqual({ refusal: 'id-taken' });
    expect(guests.admission(guest('phone', 'other', 'updates'), false)).toEqual({});
    expect(guests.admission(guest('other'), true)).toEqual({ refusal: 'realm-full' });
    expect(guests.admission(guest(undefined), false)).toEqual({});
  });

  it('are free when the connection ends, unless another one has the id by then', () => {
    const guests = new Guests();
    const [first, second] = [guest('phone'), guest('phone')];
    guests.add(first);
    guests.add(second);
    expect([guests.delete(first), guests.delete(first), guests.size]).toEqual([true, false, 1]);
    expect(guests.admission(guest('phone'), false)).toEqual({ replaced: second });
    expect([guests.delete(second), guests.admission(guest('phone', 'other'), false)]).toEqual([true, {}]);
  });
});
