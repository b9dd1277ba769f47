import { describe, expect, it } from 'vitest';
import { fileOf, readConfigFile, readObject } from '../../../../src/composition/configuration/config-file.ts';
import { resolveConfig } from '../../../../src/composition/configuration/config.ts';

/** The values, or the error messages. */
function read(content: string): unknown {
  const { readings, problems } = readConfigFile('signalbox.json', '--config', () => content);
  return problems.length > 0 ? problems.map(({ message }) => message) : readings;
}

describe('a config file', () => {
  it('contains one JSON object', () => {
    expect(read('{"port": 9000, "cors": ["http://a"]}')).toEqual([
      { name: 'port', raw: 9000, source: 'port in signalbox.json' },
      { name: 'cors', raw: ['http://a'], source: 'cors in signalbox.json' },
    ]);
  });

  it('may begin with a byte order mark', () => {
    expect(read('\uFEFF{"port": 1}')).toEqual([{ name: 'port', raw: 1, source: 'port in signalbox.json' }]);
  });

  it('is rejected if it can not be read', () => {
    const { readings, problems } = readConfigFile('/nowhere.json', 'SIGNALBOX_CONFIG', () => {
      throw new Error('ENOENT: no such file');
    });
    expect(readings).toEqual([]);
    expect(problems).toEqual([
      { source: 'SIGNALBOX_CONFIG', message: "SIGNALBOX_CONFIG is '/nowhere.json', which can't be read: ENOENT: no such file" },
    ]);
  });

  it('is rejected if it is not JSON, with the position but without the text', () => {
    expect(read('{\n  port: 1}')).toEqual(['signalbox.json is not JSON: line 2, column 3: expected name or }']);
  });

  it('is rejected if it has an option twice, with both lines', () => {
    expect(read('{\n  "port": 1,\n  "host": "::",\n  "port": 2\n}')).toEqual([
      "signalbox.json has 'port' twice, in line 2 and in line 4: remove one of them",
    ]);
  });

  it('is rejected if it is not an object', () => {
    for (const content of ['[]', 'null', '7', '"port"']) {
      expect(read(content), content).toEqual([
        'signalbox.json must contain one JSON object with options by name, such as {"port": 9000}',
      ]);
    }
  });

  it('is rejected for unknown options', () => {
    expect(read('{"prot": 1, "banana": 2, "__proto__": 3}')).toEqual([
      'prot in signalbox.json is not an option; did you mean port?',
      'banana in signalbox.json is not an option',
      '__proto__ in signalbox.json is not an option',
    ]);
  });

  it('is rejected for options of the command line', () => {
    expect(read('{"config": "x", "help": true, "printConfig": true}')).toEqual([
      'config in signalbox.json is for the command line only',
      'help in signalbox.json is for the command line only',
      'printConfig in signalbox.json is for the command line only',
    ]);
  });
});

describe('options of a program', () => {
  it('count as unset if they are undefined', () => expect(readObject({ port: undefined }, '').readings).toEqual([]));
});

describe('a printed configuration', () => {
  it('has the same values when it is read again', () => {
    const argv = [
      '--key',
      'a',
      '--cors',
      'http://a',
      '--proxied',
      '2',
      '--profile',
      'hardened',
      '--sslkey',
      'k',
      '--sslcert',
      'c',
    ];
    const first = resolveConfig({ argv });
    const { settings, config } = first.ok ? first.value : expect.fail('rejected');
    const again = resolveConfig({ argv: ['--config', 'x'], readFile: () => JSON.stringify(fileOf(settings)) });
    expect(again.ok && again.value.config).toEqual(config);
  });

  it('has no options of the command line', () => {
    const resolved = resolveConfig({ argv: ['--print_config'] });
    const names = resolved.ok ? Object.keys(fileOf(resolved.value.settings)) : [];
    expect(names).toContain('port');
    for (const name of ['print_config', 'help', 'version', 'config', 'sslkey']) expect(names).not.toContain(name);
  });
});
