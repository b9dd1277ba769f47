import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../../../src/adapters/clocks/manual.ts';
import type { FetchedKeySet } from '../../../../../src/adapters/token-verifiers/jwt/fetch-key-set.ts';
import { KeySet, type KeySetEvent } from '../../../../../src/adapters/token-verifiers/jwt/key-set.ts';
import type { FoundKeys, KeyRequest } from '../../../../../src/adapters/token-verifiers/jwt/key-source.ts';
import { EC, ED, jwkOf, OTHER_RSA, RSA } from '../../../../support/tokens.ts';

const [SECOND, MINUTE, HOUR] = [1000, 60_000, 3_600_000] as const;
const A = jwkOf(RSA.publicKey, { kid: 'a' });
const B = jwkOf(EC.publicKey, { kid: 'b' });

/** A key set whose fetches the test answers. */
class Subject {
  readonly clock = new ManualClock();
  readonly events: KeySetEvent[] = [];
  fetches = 0;
  #settle: { resolve: (response: FetchedKeySet) => void; reject: (error: Error) => void } | undefined;
  readonly set = new KeySet({
    url: 'https://login.example.org/keys',
    clock: this.clock,
    onEvent: (event) => this.events.push(event),
    fetch: (_, signal) => {
      this.fetches += 1;
      return new Promise((resolve, reject) => {
        this.#settle = { resolve, reject };
        signal.addEventListener('abort', () => reject(signal.reason as Error));
      });
    },
  });

  async publish(keys: readonly unknown[], cacheControl = ''): Promise<void> {
    this.#settle?.resolve({ text: JSON.stringify({ keys }), cacheControl });
    await this.settled();
  }

  async fail(): Promise<void> {
    this.#settle?.reject(new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') }));
    await this.settled();
  }

  settled(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve));
  }

  /** Outcomes of one search, in the order in which they come: the number of keys. */
  find(kid: unknown = 'a', alg = 'RS256'): unknown[] {
    return this.search({ kid, alg });
  }

  search(request: KeyRequest): unknown[] {
    const found: unknown[] = [];
    this.set.find(request, (keys) => found.push(keys === 'unreachable' ? keys : keys.length));
    return found;
  }
}

async function loaded(keys: readonly unknown[] = [A, B], cacheControl = ''): Promise<Subject> {
  const subject = new Subject();
  subject.set.prefetch();
  await subject.publish(keys, cacheControl);
  return subject;
}

it('A10: a refresh fetches at once, also within the cool-down, and keeps known keys meanwhile', async () => {
  const subject = await loaded([A]);
  subject.set.refresh();
  expect([subject.fetches, subject.find()]).toEqual([2, [1]]);
  await subject.publish([A, B]);
  expect(subject.find('b', 'ES256')).toEqual([1]);
});

describe('A10: the keys of a set', () => {
  it('are found inside the call once they were fetched', async () => {
    const subject = await loaded();
    expect([subject.find('a'), subject.find('b', 'ES256'), subject.fetches]).toEqual([[1], [1], 1]);
  });

  it('are found without kid if only one has the algorithm', async () => {
    const subject = await loaded([A, B, jwkOf(OTHER_RSA.publicKey, { kid: 'c' })]);
    const search = (alg: string): unknown => subject.search({ kid: undefined, alg });
    expect([search('ES256'), search('RS256'), search('EdDSA')]).toEqual([[1], [0], [0]]);
  });

  it('may have one kid for keys of several kinds', async () => {
    const subject = await loaded([A, jwkOf(ED.publicKey, { kid: 'a' })]);
    expect([subject.find('a', 'RS256'), subject.find('a', 'EdDSA'), subject.find('a', 'ES256')]).toEqual([[1], [1], [0]]);
  });

  it('are never symmetric', async () => {
    const subject = await loaded([{ kty: 'oct', k: 'c2VjcmV0', kid: 'a' }]);
    expect(subject.find('a', 'HS256')).toEqual([0]);
  });

  it.each([7, null, ['a'], {}, '__proto__', ''])('are not found by the kid %j', async (kid) => {
    expect((await loaded()).find(kid)).toEqual([0]);
  });
});

describe('A10: a key set is fetched again', () => {
  it.each([
    ['', 10 * MINUTE],
    ['max-age=0', MINUTE],
    ['no-store', MINUTE],
    ['public, max-age=120', 2 * MINUTE],
    ['max-age=999999999', HOUR],
  ])('cache-control %j', async (cacheControl, age) => {
    const subject = await loaded([A], cacheControl);
    subject.clock.advance(age - 1);
    expect([subject.find(), subject.fetches]).toEqual([[1], 1]);
    subject.clock.advance(1);
    expect([subject.find(), subject.fetches]).toEqual([[1], 2]);
  });

  it('before it is used, if it is long overdue', async () => {
    const subject = await loaded([A], 'max-age=60');
    subject.clock.advance(3 * MINUTE);
    const found = subject.find();
    expect(found).toEqual([]);
    await subject.publish([B]);
    expect(found).toEqual([0]);
  });

  it('replaces its keys, and reports other keys only', async () => {
    const subject = await loaded([A], 'max-age=60');
    for (const keys of [[A], [B], [B]]) {
      subject.clock.advance(MINUTE);
      subject.find();
      await subject.publish(keys, 'max-age=60');
    }
    expect([subject.find('a'), subject.find('b', 'ES256')]).toEqual([[0], [1]]);
    const loads = subject.events.filter(({ event }) => event === 'loaded');
    expect(loads).toEqual(Array.from({ length: 2 }, () => ({ event: 'loaded', keys: 1, skipped: 0 })));
    expect(subject.events.filter(({ event }) => event === 'fetched')).toHaveLength(4);
  });

  it('keeps the identity of a key, so that its signatures stay cached', async () => {
    const subject = await loaded([A], 'max-age=60');
    const found: FoundKeys[] = [];
    subject.set.find({ kid: 'a', alg: 'RS256' }, (keys) => found.push(keys));
    subject.clock.advance(MINUTE);
    subject.find();
    await subject.publish([B, A]);
    subject.set.find({ kid: 'a', alg: 'RS256' }, (keys) => found.push(keys));
    expect(found[0]?.[0]).toBe(found[1]?.[0]);
  });
});

describe('A10: an unknown kid', () => {
  it('is fetched once for all who wait', async () => {
    const subject = await loaded([A]);
    subject.clock.advance(30 * SECOND);
    const [one, other, absent] = [subject.find('b', 'ES256'), subject.find('b', 'ES256'), subject.find('c')];
    expect([subject.fetches, one]).toEqual([2, []]);
    await subject.publish([A, B]);
    expect([one, other, absent]).toEqual([[1], [1], [0]]);
  });

  it('is fetched at most once in 30 seconds', async () => {
    const subject = await loaded([A]);
    subject.clock.advance(29_999);
    expect([subject.find('b'), subject.fetches]).toEqual([[0], 1]);
    subject.clock.advance(1);
    subject.find('b');
    await subject.publish([A]);
    for (let n = 0; n < 100; n++) expect(subject.find(String(n))).toEqual([0]);
    expect(subject.fetches).toBe(2);
  });

  it('waits for at most 2 seconds', async () => {
    const subject = await loaded([A]);
    subject.clock.advance(30 * SECOND);
    const found = subject.find('b', 'ES256');
    subject.clock.advance(1999);
    expect(found).toEqual([]);
    subject.clock.advance(1);
    expect(found).toEqual(['unreachable']);
    await subject.publish([A, B]);
    expect(found).toEqual(['unreachable']);
    expect(subject.find('b', 'ES256')).toEqual([1]);
  });

  it('is out of reach beyond 10,000 tokens that wait, and known keys are not', async () => {
    const subject = await loaded([A]);
    subject.clock.advance(30 * SECOND);
    for (let n = 0; n < 10_000; n++) expect(subject.find('c')).toEqual([]);
    expect([subject.find('b'), subject.find('a'), subject.fetches]).toEqual([['unreachable'], [1], 2]);
  });

  it('does not delay known keys', async () => {
    const subject = await loaded([A]);
    subject.clock.advance(30 * SECOND);
    subject.find('b');
    expect(subject.find('a')).toEqual([1]);
  });

  it('is answered in slices, because each answer may verify a signature', async () => {
    const subject = new Subject();
    subject.set.prefetch();
    const found = Array.from({ length: 50 }, () => subject.find('a'));
    await subject.publish([A]);
    const answered = (): number => found.filter(({ length }) => length > 0).length;
    expect(answered()).toBeLessThan(50);
    while (answered() < 50) await subject.settled();
    expect(found).toEqual(Array.from({ length: 50 }, () => [1]));
  });
});

describe('A10: while the URL is away', () => {
  it('old keys serve for 24 hours, and no longer', async () => {
    const subject = await loaded([A]);
    for (let spent = 0; spent < 24 * HOUR - MINUTE; spent += MINUTE) {
      subject.clock.advance(MINUTE);
      expect(subject.find()).toEqual([1]);
      await subject.fail();
    }
    expect(subject.find('b')).toEqual(['unreachable']);
    subject.clock.advance(MINUTE);
    const found = subject.find();
    await subject.fail();
    expect(found).toEqual(['unreachable']);
  });

  it('is tried again every 30 seconds', async () => {
    const subject = new Subject();
    subject.set.prefetch();
    await subject.fail();
    expect(subject.find()).toEqual(['unreachable']);
    subject.clock.advance(29_999);
    subject.find();
    expect(subject.fetches).toBe(1);
    subject.clock.advance(1);
    const found = subject.find();
    expect(subject.fetches).toBe(2);
    await subject.publish([A]);
    expect(found).toEqual([1]);
  });

  it('reports each failure with its cause', async () => {
    const subject = new Subject();
    subject.set.prefetch();
    await subject.fail();
    expect(subject.events).toEqual([{ event: 'unreachable', detail: 'connect ECONNREFUSED' }]);
  });

  it.each([['<html>'], ['{"keys":1}']])('the response %j is a failure, and keeps the old keys', async (text) => {
    const subject = await loaded([A], 'max-age=60');
    subject.clock.advance(MINUTE);
    subject.find();
    await subject.publish(Array.from({ length: 33 }, () => text));
    expect([subject.find(), subject.events.at(-1)?.event]).toEqual([[1], 'unreachable']);
  });

  it('ends a fetch that does not respond', async () => {
    const subject = new Subject();
    subject.set.prefetch();
    subject.clock.advance(10 * SECOND);
    await subject.settled();
    expect(subject.events).toEqual([{ event: 'unreachable', detail: 'it did not respond in time' }]);
    expect(subject.clock.nextWakeup()).toBe(Number.POSITIVE_INFINITY);
  });
});
