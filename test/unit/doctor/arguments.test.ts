import { describe, expect, it } from 'vitest';
import { readArguments, UsageError } from '../../../doctor/arguments.ts';

describe('the arguments of signalbox doctor', () => {
  it('need only a URL', () => {
    const { target, ...rest } = readArguments(['https://a.example/app']);
    expect(rest).toEqual({ json: false, junit: false, isStrict: false });
    expect(target).toEqual({
      ...{ url: new URL('https://a.example/app/'), key: 'peerjs', id: undefined, token: undefined, origin: undefined },
      ...{ idle: 75, timeout: 5_000 },
    });
  });

  it.each([
    ['a.example', 'https://a.example/'],
    ['ws://a.example:9000/x/?a#b', 'http://a.example:9000/x/'],
    ['wss://a.example', 'https://a.example/'],
    ['127.0.0.1:9000', 'https://127.0.0.1:9000/'],
  ])('%s is the URL %s', (text, url) => expect(readArguments([text]).target.url.href).toBe(url));

  it('accept all flags, with = or a blank', () => {
    const flags = [
      '--token=t',
      '--id',
      'ann',
      '--key',
      'k',
      '--origin',
      'https://b.example/page',
      '--idle=0',
      '--timeout',
      '100',
    ];
    const { target, json, isStrict } = readArguments(['--json', '--strict', ...flags, 'http://a.example']);
    expect(target).toMatchObject({ token: 't', id: 'ann', key: 'k', origin: 'https://b.example', idle: 0, timeout: 100 });
    expect([json, isStrict]).toEqual([true, true]);
  });

  it.each([
    [[], 'a URL is required'],
    [['ftp://a'], "not 'ftp://a'"],
    [['a', 'b'], 'one URL is expected'],
    [['a', '--nonsense'], 'unknown option --nonsense'],
    [['a', '--__proto__'], 'unknown option'],
    [['a', '--token'], '--token requires a value'],
    [['a', '--idle', '116'], "from 0 to 115, not '116'"],
    [['a', '--timeout', 'x'], "not 'x'"],
    [['a', '--origin', 'page'], "--origin must be like https://page.example, not 'page'"],
    [['a', '--json', '--junit'], 'exclude each other'],
  ])('%j are refused: %s', (args, message) => {
    expect(() => readArguments(args)).toThrow(UsageError);
    expect(() => readArguments(args)).toThrow(message);
  });
});
