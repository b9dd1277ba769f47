import { describe, expect, it, vi } from 'vitest';
import { ClientSubscriptions } from '../../../../../src/adapters/dialects/mqtt/client-subscriptions.ts';

describe('the filters of one MQTT client', () => {
  it('MQ14: are limited, and an earlier one may be repeated', () => {
    const filters = new ClientSubscriptions([], 1);
    expect([filters.add('a', true), filters.add('b', false), filters.add('a', false)]).toEqual([
      { topic: 'a', isNoLocal: true },
      undefined,
      { topic: 'a' },
    ]);
    expect([filters.has('a'), filters.has('b'), filters.remove('b')]).toEqual([true, false, undefined]);
    expect(filters.bytes).toBeGreaterThan(100);
    expect([filters.remove('a'), filters.has('a'), filters.bytes]).toEqual([{ topic: 'a' }, false, 0]);
  });

  it('MQ15, MQ19: say of each filter whether it is no-local, the latest one if it is repeated', () => {
    const filters = new ClientSubscriptions([], 9);
    const isNoLocal = (filter: string, value: boolean): boolean | undefined => filters.add(filter, value)?.isNoLocal;
    expect([isNoLocal('a', true), isNoLocal('b/+', true), isNoLocal('a', false)]).toEqual([true, true, undefined]);
  });

  it('MQ24: give a topic the name of its own filter, else of the last filter that matches', () => {
    const filters = new ClientSubscriptions(['p/'], 9);
    filters.add('a', false);
    expect([filters.nameOf('a', undefined), filters.nameOf('b', undefined)]).toEqual(['a', 'b']);
    filters.add('p/+', false);
    expect([filters.nameOf('a', undefined), filters.nameOf('b', undefined)]).toEqual(['a', 'p/b']);
    filters.add('p/a', false);
    expect(filters.nameOf('a', undefined)).toBe('p/a');
    filters.add('a', false);
    filters.add('+/b', false);
    expect(['a', 'b', 'a/b'].map((topic) => filters.nameOf(topic, undefined))).toEqual(['a', 'p/b', 'a/b']);
    expect([filters.remove('a'), filters.remove('p/a')]).toEqual([undefined, { topic: 'a' }]);
  });

  it('M23, MQ24: match at most eight wildcards for a name, because more under several prefixes are refused', () => {
    const filters = new ClientSubscriptions(['p/', 'q/'], 300);
    const matches = vi.fn(() => false);
    const add = (filter: string): boolean => {
      const selector = filters.add(filter, false);
      if (selector !== undefined) Object.assign(selector, { matches });
      return selector !== undefined;
    };
    for (let n = 0; n < 8; n++) expect(add(`${n % 2 === 0 ? 'p' : 'q'}/+/${n}`)).toBe(true);
    expect(['p/+/9', 'q/#', '#', 'p/+/0', 'p/a/1', '$share/g/q/#'].map(add)).toEqual([false, false, false, true, true, true]);
    for (let n = 0; n < 100; n++) expect(add(`p/exact/${n}`)).toBe(true);
    matches.mockClear();
    expect([filters.nameOf('exact/5', undefined), matches.mock.calls.length]).toEqual(['p/exact/5', 0]);
    filters.nameOf('other/topic', undefined);
    expect(matches.mock.calls.length).toBe(8);
    for (const n of [1, 3, 5, 7]) filters.remove(`q/+/${n}`);
    expect(['p/+/8', 'p/+/9', 'p/+/10', 'p/+/11', 'p/+/12', 'q/#'].map(add)).toEqual([true, true, true, true, true, false]);
  });

  it('MQ25: a shared filter is in a group of its share name and filter, without prefix', () => {
    const filters = new ClientSubscriptions(['p/'], 9);
    const [garden, again, others, pattern] = ['$share/g/a', '$share/g/p/a', '$share/h/a', '$share/g/p/+'].map((filter) =>
      filters.add(filter, false),
    );
    expect([garden, again, others]).toEqual([
      { topic: 'a', group: 'mqtt g/a' },
      { topic: 'a', group: 'mqtt g/a' },
      { topic: 'a', group: 'mqtt h/a' },
    ]);
    expect(pattern).toMatchObject({ key: 'm+', pattern: '+', group: 'mqtt g/+' });
    expect(filters.add('a', false)).toEqual({ topic: 'a' });
    const names = [undefined, 'mqtt g/a', 'mqtt h/a', 'mqtt g/+'].map((group) => filters.nameOf('a', group));
    expect(names).toEqual(['a', 'p/a', 'a', 'p/a']);
    expect([filters.remove('$share/g/a'), filters.remove('$share/g/p/a')]).toEqual([undefined, again]);
    expect([filters.remove('a'), filters.remove('$share/g/a')]).toEqual([{ topic: 'a' }, undefined]);
    for (const filter of ['$share/h/a', '$share/g/p/+']) filters.remove(filter);
    expect(filters.bytes).toBe(0);
  });

  it('M23, MQ24: match no filter for the name of a topic if all have the same prefix', () => {
    const filters = new ClientSubscriptions(['p/', 'q/'], 300);
    const matches = vi.fn(() => false);
    for (let n = 0; n < 200; n++) Object.assign(filters.add(`p/+/${n}`, false) ?? {}, { matches });
    expect([filters.nameOf('a/1', undefined), matches.mock.calls.length]).toEqual(['p/a/1', 0]);
  });
});
