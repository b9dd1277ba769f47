import { describe, expect, it } from 'vitest';
import { readCommandLine } from '../../../../src/composition/configuration/command-line.ts';

/** The values by name, or the error messages. */
function read(...argv: string[]): unknown {
  const { readings, problems } = readCommandLine(argv);
  if (problems.length > 0) return problems.map(({ message }) => message);
  return Object.fromEntries(readings.map(({ name, raw }) => [name, raw]));
}

describe('a flag with a value', () => {
  it('accepts the value after a space, after =, and after its letter', () => {
    for (const argv of [['--port', '9000'], ['--port=9000'], ['-p', '9000'], ['-p9000'], ['serve', '--port', '9000']]) {
      expect(read(...argv), argv.join(' ')).toEqual({ port: '9000' });
    }
  });

  it('accepts _, - and camel case', () => {
    for (const flag of ['--expire_timeout', '--expire-timeout', '--expireTimeout']) {
      expect(read(flag, '7')).toEqual({ expire_timeout: '7' });
    }
  });

  it('keeps its spelling', () => {
    expect(readCommandLine(['--expire-timeout', '7', '-p', '1']).readings.map(({ source }) => source)).toEqual([
      '--expire-timeout',
      '-p',
    ]);
  });

  it('keeps the last value when it is repeated', () => expect(read('--port', '1', '-p', '2')).toEqual({ port: '2' }));

  it('accepts an empty value, and one with =', () => {
    expect(read('--path=')).toEqual({ path: '' });
    expect(read('--path=/a=b')).toEqual({ path: '/a=b' });
  });

  it('accepts a negative number, which is validated later', () => expect(read('--port', '-1')).toEqual({ port: '-1' }));
});

describe('a list', () => {
  it('collects repeated values', () => expect(read('--key', 'a', '-k', 'b', '--key=c')).toEqual({ key: ['a', 'b', 'c'] }));

  it('of origins accepts several values after one flag, as peer does', () => {
    expect(read('--cors', 'http://a', 'http://b', '--port', '1')).toEqual({ cors: ['http://a', 'http://b'], port: '1' });
    expect(read('--cors=http://a', 'http://b', '--cors', 'http://c')).toEqual({ cors: ['http://a', 'http://b', 'http://c'] });
  });

  it('of keys accepts one value after each flag', () =>
    expect(read('--key', 'a', 'b')).toEqual(['unexpected argument after --key; quote a value that contains spaces']));
});

describe('a flag without a value', () => {
  it('is set by its name, with no-, or with a value', () => {
    expect(read('--allow_discovery')).toEqual({ allow_discovery: true });
    expect(read('--no-allow_discovery')).toEqual({ allow_discovery: false });
    expect(read('--no-allow-discovery')).toEqual({ allow_discovery: false });
    expect(read('--allow_discovery=false')).toEqual({ allow_discovery: 'false' });
    expect(read('--allow_discovery', 'false', '--port', '1')).toEqual({ allow_discovery: 'false', port: '1' });
  });

  it('accepts a value for proxied', () => {
    expect(read('--proxied')).toEqual({ proxied: true });
    expect(read('--proxied', '--port', '1')).toEqual({ proxied: true, port: '1' });
    expect(read('--proxied', '2')).toEqual({ proxied: '2' });
    expect(read('--proxied=10.0.0.0/8,::1')).toEqual({ proxied: '10.0.0.0/8,::1' });
    expect(read('--no-proxied')).toEqual({ proxied: false });
  });

  it('sets help and version', () => {
    expect(read('-h')).toEqual({ help: true });
    expect(read('--version')).toEqual({ version: true });
  });
});

describe('error messages', () => {
  it('name an unknown flag once, with the closest known flag', () => {
    expect(read('--prot', '9000')).toEqual(['--prot is not a flag; did you mean --port?']);
    expect(read('--expire-timeuot=1')).toEqual(['--expire-timeuot is not a flag; did you mean --expire-timeout?']);
    expect(read('--expire_timeuot', '1')).toEqual(['--expire_timeuot is not a flag; did you mean --expire_timeout?']);
    expect(read('--banana')).toEqual(['--banana is not a flag']);
    expect(read('-x')).toEqual(['-x is not a flag']);
    expect(read('--__proto__=1')).toEqual(['--__proto__ is not a flag']);
  });

  it('reject no- in front of a flag that needs a value', () => {
    expect(read('--no-port')).toEqual(['--no-port is not a flag; did you mean --port?']);
    expect(read('--no-proxied=1')).toEqual(['--no-proxied is not a flag; did you mean --proxied?']);
  });

  it('name a flag whose value is missing', () => {
    expect(read('--port')).toEqual(['--port has no value; it must be a whole number from 0 to 65535']);
    expect(read('-p')).toEqual(['-p has no value; it must be a whole number from 0 to 65535']);
  });

  it('name a flag that is followed by another flag instead of its value', () => {
    const { readings, problems } = readCommandLine(['--port', '--host', '::1', '-k', '--cors', 'http://a']);
    expect(problems.map(({ source }) => source)).toEqual(['--port', '-k']);
    expect(readings.map(({ name, raw }) => [name, raw])).toEqual([
      ['host', '::1'],
      ['cors', ['http://a']],
    ]);
  });

  it('show an unexpected argument, but not after a flag, because it may be part of a secret', () => {
    expect(read('start')).toEqual(["unexpected argument 'start'; quote a value that contains spaces"]);
    const after = (flag: string) => [`unexpected argument after ${flag}; quote a value that contains spaces`];
    expect(read('--port', '1', 'serve')).toEqual(after('--port'));
    expect(read('--cors', 'http://a', '--', 'x')).toEqual(after('--cors'));
    expect(read('--allow_discovery', 'true', 'x')).toEqual(after('--allow_discovery'));
  });

  it('suggest a command for a mistyped one, without the problems of its arguments', () => {
    expect(read('confrom', '--url', 'http://a')).toEqual(['confrom is not a command; did you mean conform?']);
    expect(read('docter')).toEqual(['docter is not a command; did you mean doctor?']);
  });

  it('suggest two dashes for one', () => {
    expect(read('-port', '9000')).toEqual(['-port is not a flag; did you mean --port?']);
    expect(read('-allow_discovery', '--path=/a')).toEqual(['-allow_discovery is not a flag; did you mean --allow_discovery?']);
    expect(read('-key=a')).toEqual(['-key is not a flag; did you mean --key?']);
    expect(read('--path', '/', '--', '-port')).toHaveLength(1);
  });

  it('list all problems at once', () => expect(read('--prot', '--port', '--port')).toHaveLength(3));

  it('take a PEM as a value, although it begins with dashes', () => {
    const { readings, problems } = readCommandLine(['--auth_key', '-----BEGIN PUBLIC KEY-----', '--port', '1']);
    expect([readings.map(({ raw }) => raw), problems]).toEqual([[['-----BEGIN PUBLIC KEY-----'], '1'], []]);
  });
});
