import { describe, expect, it } from 'vitest';
import { hasFlag, requestedDialect, readArguments, UsageError } from '../../../conformance/arguments.ts';

const URL_FLAGS = ['--url', 'http://localhost:9000'];

describe('the argument parser', () => {
  it('applies defaults', () => {
    expect(readArguments(URL_FLAGS)).toEqual({
      ...{
        target: { url: new URL('http://localhost:9000') },
        dialect: 'peerjs',
        declared: {},
        only: [],
        strict: false,
        insecure: false,
      },
      ...{ patience: 5_000, startTimeout: 20_000, name: undefined, random: undefined },
      ...{ json: undefined, junit: undefined, report: undefined, expect: 'compatible' },
    });
  });

  it('accepts settings with dashes or underscores', () => {
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

  it('uses the path of the URL unless --path is given', () => {
    expect(readArguments(['--url', 'https://a.example/x']).declared).toEqual({ path: '/x' });
    expect(readArguments(['--url', 'https://a.example/x', '--path', '/y']).declared).toEqual({ path: '/y' });
  });

  it('uses the path of the URL as the path of the dialect', () => {
    const url = ['--url', 'http://localhost/hub'];
    expect(readArguments([...url, '--dialect', 'mercure'])).toMatchObject({
      dialect: 'mercure',
      declared: { mercure_path: '/hub' },
    });
    expect(readArguments([...url, '--dialect', 'relay']).declared).toEqual({ relay_path: '/hub' });
    expect(requestedDialect(['--list', '--dialect', 'relay'])).toBe('relay');
    expect(requestedDialect(['--list'])).toBe('peerjs');
  });

  it('accepts several patterns', () => {
    expect(readArguments([...URL_FLAGS, '--only', 'M*,O5', '--only', 'H1']).only).toEqual(['M*', 'O5', 'H1']);
  });

  it('accepts a command, by default with the flags of peer', () => {
    const { target } = readArguments(['--command', 'npx --package peer peerjs --port {port} {options}']);
    expect(target).toMatchObject({
      template: { flavour: 'peer', words: ['npx', '--package', 'peer', 'peerjs', '--port', '{port}', '{options}'] },
    });
  });

  it('selects random runs', () => {
    expect(readArguments([...URL_FLAGS, '--random', '5', '--seed', '7']).random).toEqual({ runs: 5, seed: 7, replay: undefined });
    const tolerant = readArguments([...URL_FLAGS, '--random', '5', '--late', '900', '--early', '20', '--jitter', '70']).random;
    expect(tolerant).toMatchObject({ late: 900, early: 20, jitter: 70 });
    const ours = ['--command', 'a {port} {options}', '--flavour', 'signalbox'];
    expect([readArguments(ours).expect, readArguments([...ours, '--expect', 'peer']).expect]).toEqual(['signalbox', 'peer']);
    expect(readArguments([...URL_FLAGS, '--replay', '[1]']).random).toEqual({ runs: undefined, seed: undefined, replay: '[1]' });
  });

  it('detects --help and --list among invalid flags', () => {
    expect([hasFlag('help', ['--nonsense', '-h']), hasFlag('list', ['--list']), hasFlag('list', ['--help'])]).toEqual([
      true,
      true,
      false,
    ]);
  });
});

describe('rejects invalid arguments with the flag, the value and what is allowed', () => {
  it.each([
    [[], 'exactly one of --url and --command is required; see signalbox conform --help'],
    [[...URL_FLAGS, '--command', 'x {port}'], 'exactly one of --url and --command is required; see signalbox conform --help'],
    [['--url', 'localhost:9000'], "--url must be like http://host:port or https://host:port, not 'localhost:9000'"],
    [['--url'], '--url requires a value: URL'],
    [['--url', '--strict'], '--url requires a value: URL'],
    [[...URL_FLAGS, '--nonsense'], 'unknown option --nonsense; see signalbox conform --help'],
    [[...URL_FLAGS, 'x'], "unexpected argument 'x'; see signalbox conform --help"],
    [[...URL_FLAGS, '--patience', 'soon'], "--patience must be a whole number, not 'soon'"],
    [[...URL_FLAGS, '--strict=maybe'], "--strict must be true or false, not 'maybe'"],
    [[...URL_FLAGS, '--seed', '1'], '--seed requires --random; add --random N'],
    [['--command', 'x {port} {options}', '--flavour', 'salty'], "--flavour must be one of peer, signalbox, none, not 'salty'"],
    [[...URL_FLAGS, '--expect', 'much'], "--expect must be one of compatible, signalbox, peer, not 'much'"],
    [
      [...URL_FLAGS, '--dialect', 'smoke'],
      "--dialect must be one of peerjs, mercure, relay, centrifuge, nats, mqtt, supabase, not 'smoke'",
    ],
    [
      [...URL_FLAGS, '--dialect', 'relay', '--random', '3'],
      "--random and --replay support --dialect peerjs only, not 'relay'; remove them or use --dialect peerjs",
    ],
    [['--command', 'x'], "--command 'x' is invalid: the placeholder {port} is missing"],
  ])('%j', (args, message) => expect(() => readArguments(args)).toThrow(new UsageError(message)));
});
