import { describe, expect, it } from 'vitest';
import { ClientSubscriptions } from '../../../../../src/adapters/dialects/mqtt/client-subscriptions.ts';

describe('the filters of one MQTT client', () => {
  it('MQ14: are limited, and an earlier one may be repeated', () => {
    const filters = new ClientSubscriptions([], 1);
    expect([filters.add('a', false), filters.add('b', false), filters.add('a', true)]).toEqual([
      { topic: 'a' },
      undefined,
      { topic: 'a' },
    ]);
    expect([filters.has('a'), filters.has('b'), filters.remove('b')]).toEqual([true, false, undefined]);
    expect(filters.bytes).toBeGreaterThan(100);
    expect([filters.remove('a'), filters.has('a'), filters.bytes]).toEqual([{ topic: 'a' }, false, 0]);
  });

  it('MQ19: decide whether a client receives its own publications', () => {
    const filters = new ClientSubscriptions([], 9);
    expect(filters.echoes('a')).toBe(true);
    filters.add('a', true);
    expect(filters.echoes('a')).toBe(false);
    filters.add('b/+', false);
    expect([filters.echoes('a'), filters.echoes('b/c')]).toEqual([false, true]);
    filters.add('a', false);
    expect(filters.echoes('a')).toBe(true);
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

  it('MQ19, MQ25: no-local does not concern shared filters', () => {
    const filters = new ClientSubscriptions([], 9);
    filters.add('a', true);
    filters.add('$share/g/a', false);
    expect([filters.echoes('a'), filters.echoes('b')]).toEqual(['in-groups', false]);
    filters.add('+', false);
    expect(filters.echoes('a')).toBe(true);
  });
});
