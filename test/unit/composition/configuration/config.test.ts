import { describe, expect, expectTypeOf, it } from 'vitest';
import { fileOf } from '../../../../src/composition/configuration/config-file.ts';
import { DIALECT_NAMES } from '../../../../src/composition/configuration/dialect-options.ts';
import {
  type Config,
  defaultConfig,
  type GivenOptions,
  isKnownOption,
  resolveConfig,
  type Sources,
} from '../../../../src/composition/configuration/config.ts';

function configOf(sources: Sources): Config {
  const resolved = resolveConfig(sources);
  return resolved.ok ? resolved.value.config : expect.fail(resolved.refusal.map(({ message }) => message).join('\n'));
}

function messages(sources: Sources): string[] {
  const resolved = resolveConfig(sources);
  return resolved.ok ? [] : resolved.refusal.map(({ message }) => message);
}

describe('the defaults', () => {
  it('have these values', () => {
    expect(defaultConfig()).toEqual({
      ...{
        host: '::',
        port: 9000,
        path: '/',
        transport: 'auto',
        uws: undefined,
        profile: 'drop-in',
        drainTimeout: 10_000,
        drainSpread: 0,
      },
      ...{
        doctor: 'on',
        playground: true,
        adminHosts: [],
        auth: 'open',
        authKeys: [],
        authJwks: undefined,
        authIssuer: undefined,
        authIssuers: [],
        authAudience: 'signalbox',
      },
      ...{ authUrl: undefined, authUrlSecret: undefined, authUrlAlways: false, authHeader: undefined },
      ...{ authForward: [], authTimeout: 1_000 },
      ...{ authIdClaim: 'signalbox.id', authLeeway: 5, authAtExpiry: 'close', reservedIds: [] },
      mailboxes: 'memory',
      ...{
        workers: 1,
        cluster: undefined,
        clusterStart: 'exit',
        clusterLease: 10_000,
        clusterCut: 'hold',
        clusterLink: undefined,
      },
      ...{ metricsPublic: false, metricsToken: undefined },
      ...{ keys: ['peerjs'], concurrentLimit: 5000, expireTimeout: 5000, aliveTimeout: 60_000, sweepInterval: 1000 },
      ...{
        allowDiscovery: false,
        cors: [],
        proxied: false,
        maxMessageBytes: 1_048_576,
        messagesPerSecond: 500,
        messageBurst: 2000,
      },
      ...{ onFlood: 'close', malformedPerWindow: 20, malformedWindow: 60_000, sendBufferBytes: 4_194_304 },
      ...{ memoryBudget: 402_653_184, memoryPerAddress: 8_388_608 },
      ...{ mailboxMessages: 256, mailboxBytes: 2_097_152, realmMailboxBytes: 67_108_864, mailboxesPerSender: 256 },
      ...{
        dialects: ['peerjs'],
        legacyXhr: false,
        relayPath: '/relay',
        peeroPath: '/peero',
        centrifugePath: '/connection/websocket',
        centrifugePrefixes: [],
        natsPath: '/nats',
        natsPrefixes: [],
        supabasePath: '/realtime/v1',
        supabasePrefixes: [],
        mqttPath: '/mqtt',
        mqttPrefixes: [],
        socketioPath: '/socket.io',
        socketioPrefixes: ['', 'peerix:'],
        socketioEio3: false,
        pingInterval: 30_000,
        streamHeartbeat: 40_000,
      },
      ...{ mercurePath: '/.well-known/mercure', mercureOpen: false, mercureAnonymous: false },
      ...{ mercurePublisherKey: undefined, mercureSubscriberKey: undefined },
      ...{ topicLength: 1024, topicsPerConnection: 200, topicJoins: 1_000_000, topicPatterns: 1000, topicPresence: 500 },
      ...{ historyMessages: 1000, historyBytes: 4_194_304, retainedMessages: 1000, retainedBytes: 1_048_576 },
      ...{ presenceMembers: 500, presenceBytes: 1024 },
      ...{ stun: [], turn: [], turnSecret: [], turnUser: undefined, turnPassword: undefined, turnTtl: 3600 },
      ...{ iceAccess: 'peers', icePush: false, iceRateLimit: 20 },
      ...{
        maxConnections: 100_000,
        maxRealms: 10_000,
        maxConnectionsPerAddress: 5000,
        handshakeTimeout: 10_000,
        keepAliveTimeout: 75_000,
        maxUrlBytes: 4096,
      },
      ...{
        maxHeaderBytes: 16_384,
        idLength: 128,
        httpRateLimit: 0,
        httpRateWindow: 60_000,
        authFailuresPerMinute: 20,
        logLevel: 'info',
        logFormat: 'auto',
      },
    });
  });

  it('include every dialect with the option all', () => {
    expect(configOf({ argv: ['--all'] }).dialects).toEqual(DIALECT_NAMES);
    expect(configOf({ argv: ['--dialects', 'Relay, peerjs,relay'] }).dialects).toEqual(['peerjs', 'relay']);
    expect(messages({ argv: ['--dialects', 'peerjs,smoke'] })).toEqual([
      `--dialects is 'smoke'; it must be some of ${DIALECT_NAMES.join(', ')}`,
    ]);
  });

  it('never show a secret', () => {
    const env = { MERCURE_PUBLISHER_JWT_KEY: '-----BEGIN nonsense' };
    const what = 'MERCURE_PUBLISHER_JWT_KEY is a PEM that is incomplete (the value is not shown); it must be';
    expect(messages({ env }).join()).toContain(what);
    const secret = 'open sesame '.repeat(3);
    const resolved = resolveConfig({ argv: ['--mercure_publisher_key', secret] });
    expect(
      resolved.ok && [
        resolved.value.config.mercurePublisherKey,
        JSON.stringify(fileOf(resolved.value.settings)).includes('sesame'),
      ],
    ).toEqual([secret, false]);
  });

  it('are lower in the hardened profile, and can be changed', () => {
    const config = configOf({ argv: ['--profile', 'hardened', '--max_connections_per_address', '300'] });
    expect(config).toMatchObject({
      httpRateLimit: 120,
      onFlood: 'close',
      maxConnectionsPerAddress: 300,
      maxMessageBytes: 65_536,
    });
  });

  it('of the hardened profile have no conflicts', () => expect(messages({ env: { SIGNALBOX_PROFILE: 'hardened' } })).toEqual([]));
});

describe('precedence of the sources', () => {
  const file: Sources = { argv: ['--config', 'x.json'], readFile: () => '{"port": 1}' };
  const peer = { PORT: '2', PEERSERVER_PATH: '/two' };

  it('is file, PORT, PEERJS_PORT, SIGNALBOX_PORT, command line', () => {
    expect(configOf(file).port).toBe(1);
    expect(configOf({ ...file, env: peer }).port).toBe(2);
    expect(configOf({ ...file, env: { ...peer, PEERJS_PORT: '3' } }).port).toBe(3);
    expect(configOf({ ...file, env: { ...peer, PEERJS_PORT: '3', SIGNALBOX_PORT: '4' } }).port).toBe(4);
    expect(configOf({ ...file, argv: ['--config', 'x.json', '-p', '5'], env: { SIGNALBOX_PORT: '4' } }).port).toBe(5);
  });

  it('ignores an invalid value of a source with lower precedence', () =>
    expect(configOf({ argv: ['-p', '5'], env: { PORT: 'x' } }).port).toBe(5));

  it('prefers the config file of the command line to the one of the environment', () => {
    const readFile = (path: string): string => `{"path": "${path}"}`;
    expect(configOf({ env: { SIGNALBOX_CONFIG: 'a' }, readFile }).path).toBe('/a/');
    expect(configOf({ argv: ['--config', 'b'], env: { SIGNALBOX_CONFIG: 'a' }, readFile }).path).toBe('/b/');
  });

  it('applies a profile of the config file', () => {
    expect(configOf({ argv: ['--config', 'x'], readFile: () => '{"profile": "hardened"}' }).httpRateLimit).toBe(120);
  });
});

describe('variables of other programs', () => {
  it('PEERJS_* with the log levels of Python', () => {
    const env = { PEERJS_HOST: '0.0.0.0', PEERJS_KEY: 'a,b', PEERJS_ALLOW_DISCOVERY: 'True', PEERJS_CORS_ORIGIN: '*' };
    expect(configOf({ env })).toMatchObject({ host: '0.0.0.0', keys: ['a', 'b'], allowDiscovery: true, cors: ['*'] });
    const levels = ['DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL'].map(
      (level) => configOf({ env: { PEERJS_LOG_LEVEL: level } }).logLevel,
    );
    expect(levels).toEqual(['debug', 'info', 'warn', 'error', 'fatal']);
  });

  it('the path of peer, by any of its names', () => {
    expect(configOf({ env: { PEERSERVER_PATH: 'signal' } }).path).toBe('/signal/');
    expect(configOf({ env: { PEERSERVER_PATH: 'signal', PEERJS_PATH: '/a/' } }).path).toBe('/a/');
  });
});

describe('options of a program', () => {
  it('have the spelling of peer or camel case', () => {
    expect(configOf({ given: { expire_timeout: 7, allow_discovery: true, key: 'a' } })).toMatchObject({
      ...{ expireTimeout: 7, allowDiscovery: true, keys: ['a'] },
    });
    expect(configOf({ given: { expireTimeout: '7', allowDiscovery: true, keys: ['a', 'b'], sweepInterval: 9 } })).toMatchObject({
      ...{ expireTimeout: 7, allowDiscovery: true, keys: ['a', 'b'], sweepInterval: 9 },
    });
  });

  it('have types', () => {
    expectTypeOf<GivenOptions['port']>().toEqualTypeOf<number | string | undefined>();
    expectTypeOf<GivenOptions['keys']>().toEqualTypeOf<string | readonly string[] | undefined>();
    expectTypeOf<GivenOptions>().not.toHaveProperty('help');
    expectTypeOf<Config['onFlood']>().toEqualTypeOf<'close' | 'pause'>();
    expectTypeOf<Config['tls']>().toEqualTypeOf<{ readonly keyFile: string; readonly certFile: string } | undefined>();
  });

  it('are rejected for two spellings of one option, also in a file', () => {
    expect(messages({ given: { max_connections: 1, maxConnections: 2 } })).toEqual([
      'max_connections and maxConnections are one option: give it once',
    ]);
    expect(messages({ argv: ['--config', 'x.json'], readFile: () => '{"key": "a", "keys": ["b"]}' })).toEqual([
      'key and keys in x.json are one option: give it once',
    ]);
    expect(configOf({ given: { alive_timeout: undefined, aliveTimeout: 20_000 } }).aliveTimeout).toBe(20_000);
  });

  it('are rejected with the reason', () => {
    expect(messages({ given: { port: -1, prot: 1, key: [], host: null } })).toEqual([
      'prot is not an option; did you mean port?',
      'port is -1; it must be a whole number from 0 to 65535',
      "host is null; it must be a host name or an address, such as '127.0.0.1' or '::'",
      "key is []; it must be one key or more, each of 1 to 128 characters without '/' and control characters, and with at most one '*', which makes it a pattern",
    ]);
  });

  it('have known names', () => {
    expect(['port', 'expire_timeout', 'expireTimeout', 'keys'].every(isKnownOption)).toBe(true);
    expect(['prot', 'help', 'config', 'print_config', '__proto__'].some(isKnownOption)).toBe(false);
  });
});

describe('TLS', () => {
  it('has two files', () => {
    expect(configOf({ argv: ['--sslkey', 'k.pem', '--sslcert', 'c.pem'] }).tls).toEqual({ keyFile: 'k.pem', certFile: 'c.pem' });
    expect('tls' in defaultConfig()).toBe(false);
  });
});

describe('secrets', () => {
  const SECRET = 'open-sesame-open-sesame-open-sesame';
  const PEM = `-----BEGIN PRIVATE KEY-----\n${SECRET}\n-----END PRIVATE KEY-----`;

  it.each([
    ['a file that is not JSON', { argv: ['--config', 'x'], readFile: () => `{"mercure_publisher_key": '${SECRET}'}` }],
    ['a file that ends early', { argv: ['--config', 'x'], readFile: () => `{"mercure_publisher_key": "${SECRET}` }],
    ['a file that is the secret', { argv: ['--config', 'x'], readFile: () => SECRET }],
    ['a file that is a key', { argv: ['--config', 'x'], readFile: () => PEM }],
    [
      'a file with a value of another type',
      { argv: ['--config', 'x'], readFile: () => `{"mercure_publisher_key": ["${SECRET}"]}` },
    ],
    ['a misspelled name in a file', { argv: ['--config', 'x'], readFile: () => `{"mercure_publisher_kye": "${SECRET}"}` }],
    ['JSON in place of a file', { argv: ['--config', `{"mercure_publisher_key": "${SECRET}"}`] }],
    ['a misspelled flag', { argv: ['--mercure_publisher_kye', SECRET] }],
    ['a misspelled flag with =', { argv: [`--mercure_publisher_kye=${SECRET}`] }],
    ['one dash', { argv: ['-mercure_publisher_key', SECRET] }],
    ['one dash with =', { argv: [`-mercure_publisher_key=a/${SECRET}`] }],
    ['one dash, misspelled', { argv: ['-mercure_publisher_kye', SECRET] }],
    ['a secret with spaces', { argv: ['--mercure_publisher_key', 'open', SECRET] }],
    ['a secret with spaces after a misspelled flag', { argv: ['--mercure_publisher_kye', 'open', SECRET] }],
    ['a key in place of its file', { env: { SIGNALBOX_SSLKEY: PEM } }],
    ['a key on one line in place of its file', { env: { SIGNALBOX_SSLKEY: PEM.replaceAll('\n', '\\n') } }],
    ['an engine that is no URL', { env: { SIGNALBOX_CLUSTER: `redis:/:${SECRET}@host` } }],
    ['an engine in place of a host', { env: { SIGNALBOX_HOST: `redis://:${SECRET}@host` } }],
    ['an engine in a list', { given: { cors: ['https://a.example', `https://ann:${SECRET}@host`] } }],
    ['a web key in place of a port', { given: { port: { kty: 'oct', k: SECRET } } }],
  ] as [string, Sources][])('%s: the message does not show it', (_, sources) => {
    const shown = messages({ readFile: () => '{}', ...sources });
    expect(shown).not.toEqual([]);
    expect(shown.join('\n')).not.toContain('open-sesame');
  });
});

describe('error messages', () => {
  it('name the option as spelled, its value, and the allowed values', () => {
    const readFile = (): string => '{"idLength": 0}';
    expect(messages({ argv: ['--expire-timeout', 'soon', '--config=x.json'], env: { PEERJS_PORT: '65536' }, readFile })).toEqual([
      "PEERJS_PORT is '65536'; it must be a whole number from 0 to 65535",
      "--expire-timeout is 'soon'; it must be a whole number of ms from 1 to 2147483647",
      'idLength in x.json is 0; it must be a whole number from 1 to 1024',
    ]);
  });

  it('name the invalid item of a list', () => {
    expect(messages({ argv: ['--cors', 'http://a', 'b'] })).toEqual([
      "--cors is 'b'; it must be '*', 'null', or origins without a path, each such as 'https://example.org' or " +
        "'https://*.example.org': an origin has a scheme: write 'https://b'",
    ]);
    expect(messages({ argv: ['--proxied', '10.0.0.0/8,x'] })).toEqual([
      "--proxied is 'x'; it must be true, false, a number of hops up to 32, or a list of addresses and subnets, such as '10.0.0.0/8,::1'",
    ]);
  });

  it('list all invalid values at once, and conflicts only if all values are valid', () => {
    expect(messages({ argv: ['--prot', '--port=x', '--sslkey', 'k'] })).toHaveLength(2);
    expect(messages({ argv: ['--sslkey', 'k', '--mailbox_bytes', '2000'] })).toHaveLength(2);
  });

  it('name a config file without a path, or that can not be read', () => {
    const readFile = (): string => {
      throw new Error('EACCES');
    };
    expect(messages({ argv: ['--config='], readFile })).toEqual(["--config is ''; it must be the path of a file"]);
    expect(messages({ argv: ['--config', 'x'], readFile })).toEqual(["--config is 'x', which can't be read: EACCES"]);
  });
});

it('warns about likely mistakes', () => {
  const resolved = resolveConfig({ env: { SIGNALBOX_PROT: '1' } });
  expect(resolved.ok && resolved.value.warnings).toEqual(['SIGNALBOX_PROT is not an option; did you mean SIGNALBOX_PORT?']);
});
