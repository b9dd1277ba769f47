import { describe, expect, it } from 'vitest';
import { judgeTurn, type TurnObservation } from '../../../../doctor/judge/turn.ts';

const NOW = 1_900_000_000_000;

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
    [{ error: 'EUNREACHABLE' }, 'turn-unreachable'],
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
