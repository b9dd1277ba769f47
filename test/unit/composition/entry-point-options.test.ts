import { afterEach, describe, expect, it, vi } from 'vitest';
import { ConfigError } from '../../../src/composition/configuration/config-error.ts';
import { type Config, defaultConfig, resolveConfig, type Sources } from '../../../src/composition/configuration/config.ts';
import { variablesOf } from '../../../src/composition/configuration/environment.ts';
import { configName } from '../../../src/composition/configuration/option-names.ts';
import { OPTION_NAMES, OPTIONS, type OptionName } from '../../../src/composition/configuration/options.ts';
import { configFor, type EntryPoint, checkedOptions } from '../../../src/composition/entry-point-options.ts';
import { filesUnder } from '../../architecture/tree.ts';

afterEach(() => vi.restoreAllMocks());

const ENTRY_POINTS: readonly EntryPoint[] = ['createBroker', 'PeerServer', 'ExpressPeerServer', 'PeeroServer'];
const EVERYWHERE = OPTION_NAMES.filter((name) => OPTIONS[name].scope === 'everywhere');

const SECRET = 'a-shared-secret-of-more-than-32-bytes';
const TURN_URL = 'turns:turn.example.org:443?transport=tcp';

/** Values other than the default, for options where none can be derived from the default. */
const SAMPLES: Partial<Record<OptionName, unknown>> = {
  ...{
    host: '127.0.0.1',
    path: '/a/',
    key: ['a', 'b'],
    cors: ['https://a.example'],
    proxied: 2,
    transport: 'node',
    uws: './own-uws',
  },
  ...{
    profile: 'hardened',
    dialects: ['relay'],
    on_flood: 'pause',
    doctor: 'off',
    metrics_token: 'a-token-of-at-least-32-characters',
    cluster_start: 'wait',
    cluster_cut: 'refuse',
    cluster_link: 'http://10.0.0.5:9000',
    mailboxes: 'sqlite:mail.db',
    log_level: 'debug',
    log_format: 'json',
  },
  ...{ sslkey: 'key.pem', sslcert: 'cert.pem', cluster: 'redis://127.0.0.1:1', socketio_prefixes: ['a'] },
  ...{ mercure_path: '/m', peero_path: '/p', socketio_path: '/s', relay_path: '/r' },
  ...{ centrifuge_path: '/c', centrifuge_prefixes: ['a'], nats_path: '/n', nats_prefixes: ['a.'] },
  ...{ supabase_path: '/b', supabase_prefixes: ['a'] },
  ...{ mqtt_path: '/q', mqtt_prefixes: ['a'] },
  ...{ mercure_publisher_key: SECRET, mercure_subscriber_key: SECRET },
  ...{ stun: ['stun:a'], turn: [TURN_URL], turn_secret: [SECRET], turn_user: 'user', turn_password: SECRET },
  ice_access: 'everybody',
  ...{ ice_provider: 'twilio', ice_provider_id: 'account', ice_provider_secret: SECRET, ice_provider_url: 'https://a.example' },
  ...{ auth: 'required', auth_key: [SECRET], auth_jwks: 'https://a.example/keys', auth_issuer: 'us', auth_audience: 'app' },
  ...{ auth_issuers: `[{"issuer":"us","key":"${SECRET}"}]`, auth_id_claim: 'sub', auth_at_expiry: 'keep', reserved_ids: ['a'] },
  ...{ auth_url: 'https://a.example/b', auth_url_secret: SECRET, auth_header: 'x-key: 1', auth_forward: ['user-agent'] },
  ...{ admin: '127.0.0.1:9001', admin_token: SECRET, admin_viewer_token: SECRET, admin_hosts: ['a.example'] },
  realms: '{"peerjs":{"ice":{"stun":"stun:a"}}}',
  // At least as large as the limits inside them, or as small as the limits around them.
  ...{ max_message_bytes: 1_000_000, max_url_bytes: 4000, ping_interval: 29_000 },
};

const WITH_URL = { auth: 'required', auth_key: [SECRET], auth_url: 'https://a.example/b' };

/** Options that are required together with an option. */
const COMPANIONS: Partial<Record<OptionName, Partial<Record<OptionName, unknown>>>> = {
  sslkey: { sslcert: 'cert.pem' },
  cluster_link: { cluster: 'redis://127.0.0.1:1' },
  sslcert: { sslkey: 'key.pem' },
  ...{ auth: { auth_key: [SECRET] }, auth_key: { auth: 'required' }, auth_issuers: { auth: 'required' } },
  auth_jwks: { auth: 'required', auth_issuer: 'us', auth_audience: 'app' },
  reserved_ids: { auth: 'optional', auth_key: [SECRET] },
  auth_url: { auth: 'required' },
  ...{
    auth_url_secret: WITH_URL,
    auth_header: WITH_URL,
    auth_forward: WITH_URL,
    auth_timeout: WITH_URL,
    auth_url_always: WITH_URL,
  },
  turn: { turn_secret: [SECRET] },
  turn_secret: { turn: [TURN_URL] },
  turn_user: { turn: [TURN_URL], turn_password: SECRET },
  turn_password: { turn: [TURN_URL], turn_user: 'user' },
  ice_provider: { ice_provider_id: 'account', ice_provider_secret: SECRET },
  ice_provider_id: { ice_provider: 'twilio', ice_provider_secret: SECRET },
  ice_provider_secret: { ice_provider: 'twilio', ice_provider_id: 'account' },
  ice_provider_url: { ice_provider: 'url' },
  metrics_public: { metrics_token: 'a-token-of-at-least-32-characters' },
  metrics_token: { metrics_public: true },
  admin_token: { admin: '127.0.0.1:9001' },
  admin_viewer_token: { admin: '127.0.0.1:9001', admin_token: `${SECRET}-2` },
  admin_hosts: { admin: '127.0.0.1:9001' },
};

/** Options that an entry point rejects. All others must reach its configuration. */
const REFUSED: Readonly<Record<EntryPoint, Partial<Record<OptionName, unknown>>>> = {
  createBroker: { workers: 2 },
  PeerServer: { workers: 2, transport: 'uws', uws: './own-uws' },
  ExpressPeerServer: {
    ...{
      workers: 2,
      transport: 'uws',
      uws: './own-uws',
      handshake_timeout: 500,
      keep_alive_timeout: 500,
      max_header_bytes: 32_768,
      sslkey: 'key.pem',
      sslcert: 'cert.pem',
    },
  },
  PeeroServer: { workers: 2, dialects: ['peerjs', 'peero'], all: true },
};

/** Options that `peer` ignores too: the entry point emits a warning. */
const WARNED: Partial<Record<EntryPoint, readonly OptionName[]>> = { ExpressPeerServer: ['port', 'host'] };

function sampleOf(name: OptionName): unknown {
  if (name in SAMPLES) return SAMPLES[name];
  const usual: unknown = OPTIONS[name].default;
  if (typeof usual === 'boolean') return !usual;
  return typeof usual === 'number' ? usual + 1 : expect.fail(`${name} needs a value in SAMPLES`);
}

/** The part of a configuration that an option determines. */
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

  it('has the same effect from the command line, the environment and a file', () => {
    const entries = Object.entries(given) as [OptionName, unknown][];
    const argv = entries.flatMap(([option, value]) => [value].flat().map((one) => `--${option}=${String(one)}`));
    const env = Object.fromEntries(entries.map(([option, value]) => [variablesOf(option)[0] ?? '', text(value)]));
    const file: Sources = { argv: ['--config', 'x.json'], readFile: () => JSON.stringify(given) };
    for (const sources of [{ argv }, { env }, file]) expect(resolved(sources)).toEqual(viaProgram);
  });

  it.each(ENTRY_POINTS)('takes effect on %s, or is rejected', (entryPoint) => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    const refused = REFUSED[entryPoint];
    if (name in refused) {
      expect(() => configFor(entryPoint, { [name]: refused[name] })).toThrow(ConfigError);
      expect(() => configFor(entryPoint, { [name]: refused[name] })).toThrow(
        new RegExp(`^${name} is .*; ${entryPoint} can't use it, because `),
      );
      return;
    }
    expect(effectOf(name, configFor(entryPoint, given))).toEqual(effectOf(name, viaProgram));
    const warnings = warn.mock.calls.flat().filter((line) => String(line).startsWith(`${name} has no effect on ${entryPoint}: `));
    expect(warnings).toHaveLength(WARNED[entryPoint]?.includes(name) === true ? 1 : 0);
  });
});

describe('options without effect', () => {
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
  it('are rejected unless they are an object', () => {
    for (const entryPoint of ENTRY_POINTS) {
      expect(() => checkedOptions(entryPoint, 9000)).toThrow(
        `the options of ${entryPoint} are 9000; they must be an object, such as { port: 9000 }`,
      );
    }
    expect(() => checkedOptions('PeerServer', null)).toThrow(ConfigError);
    expect(() => checkedOptions('PeerServer', ['port'])).toThrow(ConfigError);
  });

  it('are rejected in camel case too', () => {
    expect(() => configFor('ExpressPeerServer', { handshakeTimeout: 500 })).toThrow(
      /^handshakeTimeout is 500; ExpressPeerServer/,
    );
  });

  it('have an alive_timeout of 90 s by default in the drop-in API, in either spelling', () => {
    expect(configFor('PeerServer', {}).aliveTimeout).toBe(90_000);
    expect(configFor('ExpressPeerServer', { aliveTimeout: 40_000 }).aliveTimeout).toBe(40_000);
  });

  it('are process warnings if they are likely mistakes', () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    configFor('createBroker', { dialects: ['mercure'] });
    expect(warn.mock.calls.flat().join()).toContain('mercure is served, but');
  });
});
