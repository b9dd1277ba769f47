import { describe, expect, it } from 'vitest';
import { lineOf } from '../../../../../src/adapters/transports/socketio/events.ts';

const PREFIXES = ['peerix:', ''];
const line = (event: unknown, ...given: unknown[]): unknown => JSON.parse(lineOf(event, given, PREFIXES, 7).line);

describe('events', () => {
  it('SIO1, SIO2, SIO3: are lines for the dialect', () => {
    expect(line('subscribe', 'garden')).toEqual(['subscribe', 'garden', 7]);
    expect(line('unsubscribe', 'garden')).toEqual(['unsubscribe', 'garden', 7]);
    for (const data of [[1, 2, 3], Buffer.of(1, 2, 3), Uint8Array.of(1, 2, 3)]) {
      expect(line('publish', 'garden', data)).toEqual(['publish', 'garden', 'AQID', 7]);
      expect(line('dispatch', 'garden', data)).toEqual(['publish', 'garden', 'AQID', 7]);
    }
    expect(JSON.parse(lineOf('subscribe', ['a'], PREFIXES, undefined).line)).toEqual(['subscribe', 'a', null]);
  });

  it('SIO4: may begin with a prefix, which is told', () => {
    expect(lineOf('peerix:subscribe', ['a'], PREFIXES, 1)).toEqual({ line: '["subscribe","a",1]', prefix: 'peerix:' });
    expect(lineOf('subscribe', ['a'], PREFIXES, 1).prefix).toBe('');
    expect(lineOf('subscribe', ['a'], ['x:'], 1).line).toBe('["unknown"]');
  });

  it.each(['message', '', 'peerix:', '__proto__', 'constructor', 'xsubscribe', 7, 0, null, ['publish']])(
    'SIO4: %j is not known',
    (event) => expect(line(event, 'a')).toEqual(['unknown']),
  );

  it.each([
    [],
    [5],
    [null, [1]],
    ['a'],
    ['a', [256]],
    ['a', [1.5]],
    ['a', [-1]],
    ['a', 'text'],
    ['a', { length: 1 }],
    ['a', [[1]]],
  ])('SIO4: publish with %j does not fit', (...given: unknown[]) => expect(line('publish', ...given)).toBeNull());
});
