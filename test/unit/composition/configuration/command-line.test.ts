import { describe, expect, it } from 'vitest';
import { readCommandLine } from '../../../../src/composition/configuration/command-line.ts';

/** What is read, by name; or the complaints. */
function read(...argv: string[]): unknown {
  const { readings, problems } = readCommandLine(argv);
  if (problems.length > 0) return problems.map(({ message }) => message);
  return Object.fromEntries(readings.map(({ name, raw }) => [name, raw]));
}

describe('a flag with a value', () => {
  it('behind a blank, behind =, behind its letter', () => {
    for (const argv of [['--port', '9000'], ['--port=9000'], ['-p', '9000'], ['-p9000'], ['serve', '--port', '9000']]) {
      expect(read(...argv), argv.join(' ')).toEqual({ port: '9000' });
    }
  });

  it('with _, with -, in camel case', () => {
    for (const flag of ['--expire_timeout', '--expire-timeout', '--expireTimeout']) {
      expect(read(flag, '7')).toEqual({ expire_timeout: '7' });
    }
  });

  it('remembers how it was written', () => {
    expect(readCommandLine(['--expire-timeout', '7', '-p', '1']).readings.map(({ source }) => source)).toEqual([
      '--expire-timeout',
      '-p',
    ]);
  });

  it('repeated: the last holds', () => expect(read('--port', '1', '-p', '2')).toEqual({ port: '2' }));

  it('may be empty or hold =', () => {
    expect(read('--path=')).toEqual({ path: '' });
    expect(read('--path=/a=b')).toEqual({ path: '/a=b' });
  });

  it('may be a negative number, which is for others to judge', () => expect(read('--port', '-1')).toEqual({ port: '-1' }));
});

describe('a list', () => {
  it('is repeated', () => expect(read('--key', 'a', '-k', 'b', '--key=c')).toEqual({ key: ['a', 'b', 'c'] }));

  it('of origins may go on, as with peer', () => {
    expect(read('--cors', 'http://a', 'http://b', '--port', '1')).toEqual({ cors: ['http://a', 'http://b'], port: '1' });
    expect(read('--cors=http://a', 'http://b', '--cors', 'http://c')).toEqual({ cors: ['http://a', 'http://b', 'http://c'] });
  });

  it('of keys does not go on', () =>
    expect(read('--key', 'a', 'b')).toEqual(['unexpected argument after --key; quote a value that has blanks']));
});

describe('true or false', () => {
  it('by its name alone, with no-, with a value', () => {
    expect(read('--allow_discovery')).toEqual({ allow_discovery: true });
    expect(read('--no-allow_discovery')).toEqual({ allow_discovery: false });
    expect(read('--no-allow-discovery')).toEqual({ allow_discovery: false });
    expect(read('--allow_discovery=false')).toEqual({ allow_discovery: 'false' });
    expect(read('--allow_discovery', 'false', '--port', '1')).toEqual({ allow_discovery: 'false', port: '1' });
  });

  it('proxied may have a value', () => {
    expect(read('--proxied')).toEqual({ proxied: true });
    expect(read('--proxied', '--port', '1')).toEqual({ proxied: true, port: '1' });
    expect(read('--proxied', '2')).toEqual({ proxied: '2' });
    expect(read('--proxied=10.0.0.0/8,::1')).toEqual({ proxied: '10.0.0.0/8,::1' });
    expect(read('--no-proxied')).toEqual({ proxied: false });
  });

  it('asks for the usage and the version', () => {
    expect(read('-h')).toEqual({ help: true });
    expect(read('--version')).toEqual({ version: true });
  });
});

describe('complaints', () => {
  it('an unknown flag, with the nearest that is known; its value is no second complaint', () => {
    expect(read('--prot', '9000')).toEqual(['--prot is no flag; did you mean --port?']);
    expect(read('--expire-timeuot=1')).toEqual(['--expire-timeuot is no flag; did you mean --expire-timeout?']);
    expect(read('--expire_timeuot', '1')).toEqual(['--expire_timeuot is no flag; did you mean --expire_timeout?']);
    expect(read('--banana')).toEqual(['--banana is no flag']);
    expect(read('-x')).toEqual(['-x is no flag']);
    expect(read('--__proto__=1')).toEqual(['--__proto__ is no flag']);
  });

  it('no- before what is not true or false', () => {
    expect(read('--no-port')).toEqual(['--no-port is no flag; did you mean --port?']);
    expect(read('--no-proxied=1')).toEqual(['--no-proxied is no flag; did you mean --proxied?']);
  });

  it('a flag without its value', () => {
    expect(read('--port')).toEqual(['--port has no value; it must be a whole number from 0 to 65535']);
    expect(read('-p')).toEqual(['-p has no value; it must be a whole number from 0 to 65535']);
  });

  it('another flag in place of the value, which is read as a flag', () => {
    const { readings, problems } = readCommandLine(['--port', '--host', '::1', '-k', '--cors', 'http://a']);
    expect(problems.map(({ source }) => source)).toEqual(['--port', '-k']);
    expect(readings.map(({ name, raw }) => [name, raw])).toEqual([
      ['host', '::1'],
      ['cors', ['http://a']],
    ]);
  });

  it('an argument that belongs to nothing; behind a flag it is not shown, for it may be a part of a secret', () => {
    expect(read('start')).toEqual(["unexpected argument 'start'; quote a value that has blanks"]);
    const after = (flag: string) => [`unexpected argument after ${flag}; quote a value that has blanks`];
    expect(read('--port', '1', 'serve')).toEqual(after('--port'));
    expect(read('--cors', 'http://a', '--', 'x')).toEqual(after('--cors'));
    expect(read('--allow_discovery', 'true', 'x')).toEqual(after('--allow_discovery'));
  });

  it('one dash in place of two', () => {
    expect(read('-port', '9000')).toEqual(['-port is no flag; did you mean --port?']);
    expect(read('-allow_discovery', '--path=/a')).toEqual(['-allow_discovery is no flag; did you mean --allow_discovery?']);
    expect(read('-key=a')).toEqual(['-key is no flag; did you mean --key?']);
    expect(read('--path', '/', '--', '-port')).toHaveLength(1);
  });

  it('are all told at once', () => expect(read('--prot', '--port', '--port')).toHaveLength(3));
});
