import { describe, expect, it } from 'vitest';
import { judgeStun } from '../../../../doctor/judge/stun.ts';

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
