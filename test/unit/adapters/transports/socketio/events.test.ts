import { describe, expect, it } from 'vitest';
import { readEvent } from '../../../../../src/adapters/transports/socketio/events.ts';

const PREFIXES = ['peerix:', ''];
const read = (...event: unknown[]) => readEvent(JSON.stringify(event), 0, PREFIXES);

describe('events', () => {
  it('SIO1, SIO2, SIO3: are requests', () => {
    expect(read('subscribe', 'garden')).toEqual({ prefix: '', request: { verb: 'subscribe', namespace: 'garden' } });
    expect(read('unsubscribe', 'gar"d\\en', 'more')).toEqual({
      prefix: '',
      request: { verb: 'unsubscribe', namespace: 'gar"d\\en' },
    });
    for (const name of ['publish', 'dispatch']) {
      const request = { verb: 'publish', namespace: 'garden', data: Buffer.of(1, 2, 255) };
      expect(read(name, 'garden', [1, 2, 255])).toEqual({ prefix: '', request });
      expect(read(name, 'garden', [1, 2, 255], { more: 1 })).toEqual({ prefix: '', request });
    }
  });

  it('SIO3: data may be an attachment', () => {
    const attachment = Buffer.of(7);
    const text = '["publish","a",{"_placeholder":true,"num":0}]';
    expect(readEvent(text, 0, PREFIXES, [attachment])).toMatchObject({ request: { data: attachment } });
    expect(readEvent(text, 0, PREFIXES, [])).toBe('malformed');
    expect(readEvent(text.replace('0', '1'), 0, PREFIXES, [attachment])).toBe('malformed');
  });

  it('SIO4: may begin with a prefix, which is returned', () => {
    expect(read('peerix:subscribe', 'a')).toMatchObject({ prefix: 'peerix:' });
    expect(readEvent('["subscribe","a"]', 0, ['x:'])).toBe('unknown');
  });

  it.each([
    'message',
    '',
    'peerix:',
    '__proto__',
    'constructor',
    'toString',
    'xsubscribe',
    7,
    null,
    ['publish'],
    'x'.repeat(200),
  ])('SIO4: %j is unknown', (event) => expect(read(event, 'a')).toBe('unknown'));

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
    ['a', { _placeholder: true, num: 99 }],
  ])('SIO4: publish with %j is malformed', (...given: unknown[]) => expect(read('publish', ...given)).toBe('malformed'));

  it.each([
    '',
    '{}',
    '"publish"',
    '["publish","a"',
    '["publish","a",[1]',
    '["subscribe","a"',
    '["subscribe","\\x"]',
    '["subscribe" "a"]',
  ])('SIO4: %s is not an event', (text) => expect(readEvent(text, 0, PREFIXES)).toBe('malformed'));

  it('SIO4: only used parts are parsed, at any nesting depth of the rest', () => {
    expect(readEvent(`["subscribe","a",${'['.repeat(100_000)}`, 0, PREFIXES)).toMatchObject({ request: { namespace: 'a' } });
    expect(readEvent(`[${'['.repeat(100_000)}`, 0, PREFIXES)).toBe('unknown');
  });
});
