import { describe, expect, it } from 'vitest';
import { AnswerCache, type CachedAnswer } from '../../../../../src/adapters/authorizers/shared/answer-cache.ts';
import type { AuthorizeRequest } from '../../../../../src/adapters/authorizers/shared/backend-types.ts';
import { OPEN_GRANT } from '../../../../../src/domain/grant.ts';
import { NEVER } from '../../../../../src/domain/time.ts';

const REQUEST: AuthorizeRequest = {
  ...{ version: 1, dialect: 'peerjs', realm: 'green', id: 'ann', token: 't' },
  ...{ address: '192.0.2.1', origin: null, headers: { cookie: 'c=1', accept: '*' } },
};
const ANSWER: CachedAnswer = { grant: OPEN_GRANT, endsAt: NEVER };

describe('AnswerCache', () => {
  it('A9: an answer serves the same client at another address only', () => {
    const { keyOf } = new AnswerCache();
    const key = keyOf(REQUEST);
    const changes: Partial<AuthorizeRequest>[] = [
      ...[
        { dialect: 'relay' },
        { realm: 'blue' },
        { id: null },
        { id: '' },
        { token: 'u' },
        { token: null },
        { origin: 'https://a' },
      ],
      ...[{ headers: {} }, { headers: { cookie: 'c=2', accept: '*' } }, { realm: 'gree', id: 'nann' }],
    ];
    for (const change of changes) expect(keyOf({ ...REQUEST, ...change })).not.toBe(key);
    expect(keyOf({ ...REQUEST, address: '192.0.2.2', headers: { accept: '*', cookie: 'c=1' } })).toBe(key);
  });

  it('A9: gives an answer until its time has passed, and until its grant ends', () => {
    const cache = new AnswerCache();
    cache.put('one', ANSWER, 10);
    cache.put('two', { ...ANSWER, endsAt: 5 }, 10);
    expect([cache.find('one', 9)?.grant, cache.find('one', 10), cache.find('two', 5)]).toEqual([
      OPEN_GRANT,
      undefined,
      undefined,
    ]);
  });

  it('A9: holds 10,000 answers; the oldest leaves first', () => {
    const cache = new AnswerCache();
    for (let n = 0; n <= 10_000; n++) cache.put(`${n}`, ANSWER, 10);
    expect([cache.find('0', 0), cache.find('1', 0)?.grant, cache.find('10000', 0)?.grant]).toEqual([
      undefined,
      OPEN_GRANT,
      OPEN_GRANT,
    ]);
  });

  it('A9: holds fewer answers with long lists, also after an answer was replaced', () => {
    const cache = new AnswerCache();
    const long = Array.from({ length: 100 }, (_, n) => `${n}`.padStart(250, 'x'));
    const large = {
      ...ANSWER,
      grant: { ...OPEN_GRANT, ids: long, realms: long, topics: { publish: long, subscribe: long } },
    };
    for (let n = 0; n < 200; n++) cache.put('same', large, 10);
    for (let n = 0; n < 100; n++) cache.put(`${n}`, large, 10);
    const held = Array.from({ length: 100 }, (_, n) => cache.find(`${n}`, 0)).filter((found) => found !== undefined);
    expect([held.length > 50, held.length < 80, cache.find('99', 0)?.grant.ids]).toEqual([true, true, long]);
  });
});
