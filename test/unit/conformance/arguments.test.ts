import { describe, expect, it } from 'vitest';
import { hasFlag, requestedDialect, readArguments, UsageError } from '../../../conformance/arguments.ts';

const URL_FLAGS = ['--url', 'http://localhost:9000'];

describe('arguments', () => {
  it('have defaults', () => {
    expect(readArguments(URL_FLAGS)).toEqual({
      ...{
        target: { url: new URL('http://localhost:9000') },
        dialect: 'peerjs',
        told: {},
        only: [],
        strict: false,
        insecure: false,
      },
      ...{ patience: 5_000, startTimeout: 20_000, name: undefined, random: undefined },
      ...{ json: undefined, junit: undefined, report: undefined, expect: 'compatible' },
    });
  });

  it('tell how the server is set, with dashes or underscores', () => {
    const flags = [
      '--expire_timeout=600',
      '--alive-timeout',
      '1200',
      '--allow-discovery',
      '--no-proxied',
      '--key',
      'a',
      '--key=b',
    ];
    expect(readArguments([...URL_FLAGS, ...flags]).declared).toEqual({
      ...{ expire_timeout: 600, alive_timeout: 1_200, allow_discovery: true, proxied: false, key: ['a', 'b'] },
    });
  });

  it('take the path from the URL, unless it is told', () => {
    expect(readArguments(['--url', 'https://a.example/x']).declared).toEqual({ path: '/x' });
    expect(readArguments(['--url', 'https://a.example/x', '--path', '/y']).declared).toEqual({ path: '/y' });
  });

  it('take the path of the URL for that of the dialect', () => {
    const url = ['--url', 'http://localhost/hub'];
    expect(readArguments([...url, '--dialect', 'mercure'])).toMatchObject({ dialect: 'mercure', told: { mercure_path: '/hub' } });
    expect(readArguments([...url, '--dialect', 'relay']).declared).toEqual({ relay_path: '/hub' });
    expect(requestedDialect(['--list', '--dialect', 'relay'])).toBe('relay');
    expect(requestedDialect(['--list'])).toBe('peerjs');
  });

  it('take several patterns', () => {
    expect(readArguments([...URL_FLAGS, '--only', 'M*,O5', '--only', 'H1']).only).toEqual(['M*', 'O5', 'H1']);
  });

  it('take a command, of the flavour of peer where nothing is said', () => {
    const { target } = readArguments(['--command', 'npx --package peer peerjs --port {port} {options}']);
    expect(target).toMatchObject({
      template: { flavour: 'peer', words: ['npx', '--package', 'peer', 'peerjs', '--port', '{port}', '{options}'] },
    });
  });

  it('ask for random runs instead', () => {
    expect(readArguments([...URL_FLAGS, '--random', '5', '--seed', '7']).random).toEqual({ runs: 5, seed: 7, replay: undefined });
    const ours = ['--command', 'a {port} {options}', '--flavour', 'signalbox'];
    expect([readArguments(ours).expect, readArguments([...ours, '--expect', 'peer']).expect]).toEqual(['signalbox', 'peer']);
    expect(readArguments([...URL_FLAGS, '--replay', '[1]']).random).toEqual({ runs: undefined, seed: undefined, replay: '[1]' });
  });

  it('ask for help and the list, whatever else is there', () => {
    expect([hasFlag('help', ['--nonsense', '-h']), hasFlag('list', ['--list']), hasFlag('list', ['--help'])]).toEqual([
      true,
      true,
      false,
    ]);
  });
});

describe('what can not be used is named, with what is allowed', () => {
  it.each([
    [[], 'needs either --url or --command'],
    [[...URL_FLAGS, '--command', 'x {port}'], 'needs either --url or --command'],
    [['--url', 'localhost:9000'], "--url must be like http://host:port, not 'localhost:9000'"],
    [['--url'], '--url has no value; it needs URL'],
    [['--url', '--strict'], '--url has no value; it needs URL'],
    [[...URL_FLAGS, '--nonsense'], 'unknown option --nonsense; see signalbox conform --help'],
    [[...URL_FLAGS, 'x'], "unexpected argument 'x'; see signalbox conform --help"],
    [[...URL_FLAGS, '--patience', 'soon'], "--patience must be a whole number, not 'soon'"],
    [[...URL_FLAGS, '--strict=maybe'], "--strict must be true or false, not 'maybe'"],
    [[...URL_FLAGS, '--seed', '1'], '--seed belongs to --random, which is missing'],
    [['--command', 'x {port} {options}', '--flavour', 'salty'], "--flavour must be peer, signalbox, none, not 'salty'"],
    [[...URL_FLAGS, '--expect', 'much'], "--expect must be compatible, signalbox, peer, not 'much'"],
    [[...URL_FLAGS, '--dialect', 'smoke'], "--dialect must be peerjs, mercure, relay, not 'smoke'"],
    [[...URL_FLAGS, '--dialect', 'relay', '--random', '3'], "--random and --replay are for --dialect peerjs, not 'relay'"],
    [['--command', 'x'], "--command 'x' can't be used: it has no {port}"],
  ])('%j', (args, message) => expect(() => readArguments(args)).toThrow(new UsageError(message)));
});
