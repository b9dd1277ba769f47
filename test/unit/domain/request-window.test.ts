import { describe, expect, it } from 'vitest';
import { RequestWindow } from '../../../src/domain/request-window.ts';

describe('RequestWindow', () => {
  it('I6: gives the time until the next window at the limit, for each address', () => {
    const requests = new RequestWindow({ requestsPerWindow: 2, requestWindow: 1_000 }, 0);
    expect([0, 100, 200, 900].map((now) => requests.count('a', now))).toEqual([0, 0, 800, 100]);
    expect([requests.count('b', 950), requests.count('a', 1_000)]).toEqual([0, 0]);
  });

  it('H17, I6: counts the addresses of a /64 as one', () => {
    const requests = new RequestWindow({ requestsPerWindow: 1, requestWindow: 1_000 }, 0);
    expect([requests.count('2001:db8::1', 0), requests.count('2001:db8::2', 0)]).toEqual([0, 1_000]);
  });

  it('I6: is unlimited with 0', () => {
    const requests = new RequestWindow({ requestsPerWindow: 0, requestWindow: 1_000 }, 0);
    expect([requests.count('a', 0), requests.count('a', 0)]).toEqual([0, 0]);
  });
});
