import { afterEach, describe, expect, it, vi } from 'vitest';
import { ConfigError } from '../../../src/composition/configuration/config-error.ts';
import { type Config, defaultConfig, resolveConfig, type Sources } from '../../../src/composition/configuration/config.ts';
import { variablesOf } from '../../../src/composition/configuration/environment.ts';
import { configName } from '../../../src/composition/configuration/option-names.ts';
import { OPTION_NAMES, OPTIONS, type OptionName } from '../../../src/composition/configuration/options.ts';
import { configFor, type EntryPoint, checkedOptions } from '../../../src/composition/entry-point-options.ts';
import { filesUnder } from '../../architecture/tree.ts';

afterEach(() => vi.restoreAllMocks());

const FACES: readonly EntryPoint[] = ['createBroker', 'PeerServer', 'ExpressPeerServer', 'PeeroServer'];
const EVERYWHERE = OPTION_NAMES.filter((name) => OPTIONS[name].scope === 'everywhere');

const SECRET = 'a-shared-secret-of-more-than-32-bytes';

/** A value that is not the default, where none can be derived from the default. */
const SAMPLES: Partial<Record<OptionName, unknown>> = {
  ...{ host: '127.0.0.1', path: '/a/', key: ['a', 'b'], cors: ['https://a.example'], proxied: 2, transport: 'node' },
  ...{
    profile: 'hardened',
    dialects: ['relay'],
    on_flood: 'pause',
    cluster_cut: 'refuse',
    log_level: 'debug',
    log_format: 'json',
  },
  ...{ sslkey: 'key.pem', sslcert: 'cert.pem', cluster: 'redis://127.0.0.1:1', socketio_prefixes: ['a'] },
  ...{ mercure_path: '/m', peero_path: '/p', socketio_path: '/s', relay_path: '/r' },
  ...{ mercure_publisher_key: SECRET, mercure_subscriber_key: SECRET },
  // Larger than what it must hold, or smaller than what must hold it.
  ...{ max_message_bytes: 1_000_000, max_url_bytes: 4000, ping_interval: 29_000 },
};

/** Other options that an option needs beside it. */
const COMPANIONS: Partial<Record<OptionName, Partial<Record<OptionName, unknown>>>> = {
  sslkey: { sslcert: 'cert.pem' },
  sslcert: { sslkey: 'key.pem' },
};

/** What a face refuses, because it can't hold there; all else must reach its configuration. */
const REFUSED: Readonly<Record<EntryPoint, Partial<Record<OptionName, unknown>>>> = {
  createBroker: {},
  PeerServer: { transport: 'uws' },
  ExpressPeerServer: {
    ...{
      transport: 'uws',
      handshake_timeout: 500,
      keep_alive_timeout: 500,
      max_header_bytes: 32_768,
      sslkey: 'key.pem',
      sslcert: 'cert.pem',
    },
  },
  PeeroServer: { dialects: ['peerjs', 'peero'], all: true },
};

/** What `peer` ignores too on that face: it is told by a warning. */
const WARNED: Partial<Record<EntryPoint, readonly OptionName[]>> = { ExpressPeerServer: ['port', 'host'] };

function sampleOf(name: OptionName): unknown {
  if (name in SAMPLES) return SAMPLES[name];
  const usual: unknown = OPTIONS[name].default;
  if (typeof usual === 'boolean') return !usual;
  return typeof usual === 'number' ? usual + 1 : expect.fail(`${name} needs a value in SAMPLES`);
}

/** The part of a configuration that an option decides. */
function effectOf(name: OptionName, config: Config): unknown {
  if (name === 'sslkey' || name === 'sslcert') return config.tls;
  if (name === 'all') return config.dialects;
  if (name === 'profile') return [config.profile, config.messageBurst];
  return (config as unknown as Record<string, unknown>)[configName(name)];
}

function resolved(sources: Sources): Config {
  const outcome = resolveConfig(sources);
  return outcome.ok ? outcome.value.config : expect.fail(JSON.stringify(outcome.refusal));
}

describe.each(EVERYWHERE)('%s', (name) => {
  const given = { ...COMPANIONS[name], [name]: sampleOf(name) };
  const text = (value: unknown): string => [value].flat().join(',');
  const viaProgram = resolved({ given });

  it('changes the configuration', () => expect(effectOf(name, viaProgram)).not.toEqual(effectOf(name, defaultConfig())));

  it('is the same from the command line, the environment and a file', () => {
    const entries = Object.entries(given) as [OptionName, unknown][];
    const argv = entries.flatMap(([option, value]) => [value].flat().map((one) => `--${option}=${String(one)}`));
    const env = Object.fromEntries(entries.map(([option, value]) => [variablesOf(option)[0] ?? '', text(value)]));
    const file: Sources = { argv: ['--config', 'x.json'], readFile: () => JSON.stringify(given) };
    for (const sources of [{ argv }, { env }, file]) expect(resolved(sources)).toEqual(viaProgram);
  });

  it.each(FACES)('on %s holds, or is refused', (face) => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    const refused = REFUSED[face];
    if (name in refused) {
      expect(() => configFor(face, { [name]: refused[name] })).toThrow(ConfigError);
      expect(() => configFor(face, { [name]: refused[name] })).toThrow(
        new RegExp(`^${name} is .*; ${face} can't use it, because `),
      );
      return;
    }
    expect(effectOf(name, configFor(face, given))).toEqual(effectOf(name, viaProgram));
    const told = warn.mock.calls.flat().filter((line) => String(line).startsWith(`${name} has no effect on ${face}: `));
    expect(told).toHaveLength(WARNED[face]?.includes(name) === true ? 1 : 0);
  });
});

describe('options that do nothing', () => {
  const code = filesUnder('src', /\.ts$/).filter(({ path }) => !path.startsWith('src/composition/configuration/'));

  it.each(EVERYWHERE.filter((name) => !['sslkey', 'sslcert', 'all', 'profile'].includes(name)))(
    '%s is read by the broker',
    (name) => {
      const word = new RegExp(`\\b${configName(name)}\\b`);
      expect(code.filter(({ text }) => word.test(text)).map(({ path }) => path)).not.toEqual([]);
    },
  );
});

describe('options of a program', () => {
  it('are an object', () => {
    for (const face of FACES) {
      expect(() => checkedOptions(face, 9000)).toThrow(
        `the options of ${face} are 9000; they must be an object, such as { port: 9000 }`,
      );
    }
    expect(() => checkedOptions('PeerServer', null)).toThrow(ConfigError);
    expect(() => checkedOptions('PeerServer', ['port'])).toThrow(ConfigError);
  });

  it('in camel case are refused where they can not hold, too', () => {
    expect(() => configFor('ExpressPeerServer', { handshakeTimeout: 500 })).toThrow(
      /^handshakeTimeout is 500; ExpressPeerServer/,
    );
  });

  it('of the faces of peer: silent peers stay for 90 s, unless something else is said in either spelling', () => {
    expect(configFor('PeerServer', {}).aliveTimeout).toBe(90_000);
    expect(configFor('ExpressPeerServer', { aliveTimeout: 40_000 }).aliveTimeout).toBe(40_000);
  });

  it('that are probably a mistake are told as process warnings', () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    configFor('createBroker', { dialects: ['mercure'] });
    expect(warn.mock.calls.flat().join()).toContain('mercure is served, but');
  });
});
