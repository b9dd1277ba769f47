import { describe, expect, it } from 'vitest';
import { readConfigFile } from '../../../../src/composition/configuration/config-file.ts';
import { formatOf } from '../../../../src/composition/configuration/config-formats.ts';

/** The values by name, or the error messages. */
function read(path: string, content: string): unknown {
  const { readings, problems } = readConfigFile(path, '--config', () => content);
  if (problems.length > 0) return problems.map(({ message }) => message);
  return Object.fromEntries(readings.map(({ name, raw }) => [name, raw]));
}

describe.each(['s.yaml', 's.yml', 'S.YAML'])('the config file %s', (path) => {
  it('contains a mapping', () => {
    const content = '# a comment\nport: 9000\nkey: [a, b]\nallow_discovery: true\ncors:\n  - https://a.example\n';
    expect(read(path, content)).toEqual({ port: 9000, key: ['a', 'b'], allow_discovery: true, cors: ['https://a.example'] });
  });

  it('may contain comments only', () => expect(read(path, '# port: 9000\n')).toEqual({}));

  it.each([
    ['port: 1\nport: 2\n', 'line 2, column 1: duplicate key'],
    ['port: [1\n', 'line 2, column 1: bad indent'],
    ['\tport: 1', 'line 1, column 1: tab as indent'],
    ['auth_key: "secret', 'line 1, column 18: missing char'],
    ['port: *secret', 'an alias has no anchor before it'],
  ])('is rejected with the position, without its text: %j', (content, fault) => {
    expect(read(path, content)).toEqual([`${path} is not YAML: ${fault}`]);
  });

  it('is rejected if it is not a mapping', () => {
    expect(read(path, '- port')).toEqual([`${path} must contain one mapping with options by name, such as port: 9000`]);
  });
});

describe('the config file s.toml', () => {
  it('contains options', () => {
    const content = '# a comment\nport = 9000\nkey = ["a", "b"]\nallow_discovery = true\n';
    expect(read('s.toml', content)).toEqual({ port: 9000, key: ['a', 'b'], allow_discovery: true });
  });

  it.each([
    ['port = 1\nport = 2', 'line 2, column 1: trying to redefine an already defined table or value'],
    ['port = ', 'line 1, column 8: invalid value'],
    ['auth_key = "secret', 'line 1, column 12: unfinished string'],
  ])('is rejected with the position, without its text: %j', (content, fault) => {
    expect(read('s.toml', content)).toEqual([`s.toml is not TOML: ${fault}`]);
  });
});

it('any other file is JSON', () => {
  for (const path of ['signalbox.json', 'signalbox', 'signalbox.conf']) expect(formatOf(path)).toBe(formatOf('a.json'));
});
