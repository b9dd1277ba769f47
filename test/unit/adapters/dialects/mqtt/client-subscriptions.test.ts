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
    expect([filters.nameOf('a'), filters.nameOf('b')]).toEqual(['a', 'b']);
    filters.add('p/+', false);
    expect([filters.nameOf('a'), filters.nameOf('b')]).toEqual(['p/a', 'p/b']);
    filters.add('p/a', false);
    expect([filters.remove('a'), filters.remove('p/a')]).toEqual([undefined, { topic: 'a' }]);
  });
});
