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

  it('MQ24: give a topic the name of the last filter that matches', () => {
    const filters = new ClientSubscriptions(['p/'], 9);
    filters.add('a', false);
    expect([filters.nameOf('a', undefined), filters.nameOf('b', undefined)]).toEqual(['a', 'b']);
    filters.add('p/+', false);
    expect([filters.nameOf('a', undefined), filters.nameOf('b', undefined)]).toEqual(['p/a', 'p/b']);
    filters.add('p/a', false);
    expect([filters.remove('a'), filters.remove('p/a')]).toEqual([undefined, { topic: 'a' }]);
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
    filters.add('q/+/1', false);
    expect(filters.nameOf('a/1', undefined)).toBe('q/a/1');
    filters.remove('q/+/1');
    matches.mockClear();
    expect([filters.nameOf('a/1', undefined), matches.mock.calls.length]).toEqual(['p/a/1', 0]);
  });
});
