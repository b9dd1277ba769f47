import { describe, expect, it } from 'vitest';
import { judgeStun, judgeTurn, type TurnObservation } from '../../../../doctor/judge/ice-servers.ts';

const NOW = 1_900_000_000_000;
const answer = (url: string, address: string, port = 5) => ({ url, address, port });
const silent = (url: string) => ({ url, error: 'ETIMEDOUT' });

describe('D11', () => {
  it.each([
    [[answer('a', '198.18.0.1')], ['stun-lies']],
    [[answer('a', '8.8.8.8')], ['stun']],
    [[answer('a', '8.8.8.8'), answer('b', '8.8.8.8')], ['stun']],
    [[answer('a', '8.8.8.8'), answer('b', '8.8.8.8', 6)], ['nat-symmetric']],
    [[answer('a', '8.8.8.8'), answer('b', '9.9.9.9')], ['stun-contradicts']],
    [[answer('a', '100.64.0.9')], ['nat-carrier']],
    [[answer('a', '0.0.0.0')], ['stun-lies']],
    [[answer('a', '8.8.8.8', 0)], ['stun-lies']],
    [[silent('a')], ['udp-silent']],
    [[silent('a'), answer('b', '8.8.8.8')], ['stun-silent']],
    [[{ url: 'a', error: 'ENOTFOUND' }], ['stun-name-unknown']],
  ])('%j is %j', (seen, verdicts) => expect(judgeStun(seen, 100).map(({ verdict }) => verdict)).toEqual(verdicts));
});

describe('D12', () => {
  const seen = (rest: Partial<TurnObservation>, username = 'ann'): TurnObservation => ({
    server: { url: 'turn:a', scheme: 'turn', host: 'a', port: 1, transport: 'udp', username, credential: 'c' },
    ...{ took: 3, ...rest },
  });

  it.each([
    [{ allocate: 200, permission: 200 }, 'turn-relays'],
    [{ allocate: 200, permission: undefined }, 'turn-relays'],
    [{ allocate: 200, permission: 403 }, 'relay-denied'],
    [{ allocate: 401 }, 'turn-unauthorized'],
    [{ allocate: 403 }, 'turn-forbidden'],
    [{ allocate: 437 }, 'turn-mismatch'],
    [{ allocate: 486 }, 'turn-quota'],
    [{ allocate: 508 }, 'turn-full'],
    [{ allocate: 500 }, 'turn-error'],
    [{ error: 'ETIMEDOUT' }, 'turn-silent'],
    [{ error: 'ECONNREFUSED' }, 'turn-refused'],
    [{ error: 'ENOTFOUND' }, 'turn-name-unknown'],
    [{ error: 'CERT_HAS_EXPIRED', isCertificateFault: true }, 'turn-certificate'],
  ])('%j is %s', (one, verdict) => expect(judgeTurn([seen(one)], 100, NOW)[0]).toMatchObject({ verdict }));

  it('the user name tells expired credentials from wrong ones', () => {
    const usernames = ['1899999990:ann', '1900000010:ann'];
    const found = usernames.map((username) => judgeTurn([seen({ allocate: 401 }, username)], 100, NOW)[0]?.verdict);
    expect(found).toEqual(['turn-expired', 'turn-unauthorized']);
  });

  it('a transport that fails is only doubtful if another one relays', () => {
    const [first, second] = judgeTurn([seen({ error: 'ETIMEDOUT' }), seen({ allocate: 200, permission: 200 })], 100, NOW);
    expect([first?.state, second?.state]).toEqual(['doubtful', 'good']);
  });
});
