import { describe, expect, it } from 'vitest';
import { resolveConfig, type Sources } from '../../../../src/composition/configuration/config.ts';

function warnings(sources: Sources): readonly string[] {
  const resolved = resolveConfig(sources);
  return resolved.ok ? resolved.value.warnings : expect.fail(JSON.stringify(resolved.refusal));
}

const warningsFor = (given: Record<string, unknown>): readonly string[] => warnings({ given });

it('does not warn about the defaults of both profiles', () => {
  expect(warningsFor({})).toEqual([]);
  expect(warningsFor({ profile: 'hardened' })).toEqual([]);
});

it('MER7: warns about a Mercure endpoint that rejects every client', () => {
  const expected = [expect.stringContaining('mercure is served, but rejects every client: set mercure_publisher_key')];
  expect(warningsFor({ dialects: ['mercure'] })).toEqual(expected);
  expect(warningsFor({ all: true })).toEqual(expected);
  expect(warningsFor({ dialects: ['peerjs', 'relay'] })).toEqual([]);
  expect(warningsFor({ all: true, mercure_open: true })).toEqual([]);
  expect(warningsFor({ all: true, mercure_anonymous: true })).toEqual([]);
  expect(warningsFor({ all: true, mercure_publisher_key: 'a-shared-secret-of-more-than-32-bytes' })).toEqual([]);
});

describe('options that have no effect', () => {
  it.each([
    [['--mercure_open'], '--mercure_open', 'mercure or socketio or centrifuge or nats or supabase or mqtt'],
    [['--socketio_path', '/s'], '--socketio_path', 'socketio'],
    [['--mercure-path', '/m'], '--mercure-path', 'mercure'],
    [['--relay_path', '/r'], '--relay_path', 'relay'],
    [['--dialects', 'relay', '--allow_discovery'], '--allow_discovery', 'peerjs'],
    [['--dialects', 'relay', '--legacy_xhr'], '--legacy_xhr', 'peerjs'],
  ])('%j: the dialect is not served', (argv, source, dialect) => {
    const next = `add --dialects ${dialect.split(' ')[0]}, or remove the option`;
    expect(warnings({ argv })).toEqual([`${source} has no effect, because ${dialect} is not served: ${next}`]);
  });

  it('names Mercure keys by their environment variable', () => {
    const env = { MERCURE_PUBLISHER_JWT_KEY: 'a-shared-secret-of-more-than-32-bytes' };
    expect(warnings({ env })).toEqual([
      expect.stringMatching(
        /^MERCURE_PUBLISHER_JWT_KEY has no effect, because mercure or socketio or centrifuge or nats or supabase or mqtt is not/,
      ),
    ]);
  });

  it.each([
    [{ cluster_lease: 5000 }, /^cluster_lease has no effect without cluster: set cluster to the URL/],
    [{ cluster_cut: 'refuse' }, /^cluster_cut has no effect without cluster: set cluster to the URL/],
    [{ all: true, dialects: ['relay'], mercure_open: true }, /^dialects has no effect together with all/],
    [{ all: true, mercure_open: true, mercure_anonymous: true }, /^mercure_anonymous has no effect together with mercure_open/],
    [{ http_rate_window: 1000 }, /^http_rate_window has no effect while http_rate_limit is 0/],
    [{ malformed_limit: 0, malformed_window: 1000 }, /^malformed_window has no effect while malformed_limit is 0/],
  ])('%j', (given, expected) => expect(warningsFor(given)).toEqual([expect.stringMatching(expected)]));
});

it('L1: warns about an alive_timeout below two PeerJS heartbeats if PeerJS is served', () => {
  const short = ['--alive_timeout', '3000'];
  expect(warnings({ argv: short })).toEqual([
    '--alive_timeout 3000 is shorter than two PeerJS heartbeats (5000 ms each): idle clients may be disconnected. Use at least 10000.',
  ]);
  expect(warningsFor({ alive_timeout: 9_999 })).toHaveLength(1);
  expect(warningsFor({ alive_timeout: 10_000 })).toEqual([]);
  expect(warnings({ argv: [...short, '--dialects', 'mercure', '--mercure_open'] })).toEqual([]);
});

it('MER7: warns about mercure_open in the hardened profile', () => {
  expect(warnings({ argv: ['--profile', 'hardened', '--all', '--mercure_open'] })).toEqual([
    expect.stringMatching(
      /^--mercure_open allows every client to publish and subscribe without a token, also in the hardened profile: set/,
    ),
  ]);
});

it('MER7: warns about keys together with mercure_open', () => {
  const key = 'a-shared-secret-of-more-than-32-bytes';
  const argv = ['--dialects', 'mercure', '--mercure_open', '--mercure_publisher_key', key];
  expect(warnings({ argv, env: { MERCURE_SUBSCRIBER_JWT_KEY: key } })).toEqual([
    '--mercure_open accepts every client without a token, which makes --mercure_publisher_key and ' +
      'MERCURE_SUBSCRIBER_JWT_KEY ineffective: remove one of them',
  ]);
});

it('warns about a limit above max_connections', () => {
  expect(warningsFor({ concurrent_limit: 200_000 })).toEqual([
    'concurrent_limit is 200000, but max_connections allows only 100000: raise max_connections, or lower concurrent_limit',
  ]);
  expect(warningsFor({ max_connections: 10 })).toEqual([]);
});

it('warns about numbers and booleans in quotes', () => {
  const file = { port: '9000', allow_discovery: 'yes', proxied: '2', path: '9000', cors: [] };
  const sources = { argv: ['--config', 'x.json'], readFile: () => JSON.stringify(file) };
  expect(warnings(sources)).toEqual([
    'port in x.json is the text "9000"; write 9000 without quotes',
    'allow_discovery in x.json is the text "yes"; write true without quotes',
    'proxied in x.json is the text "2"; write 2 without quotes',
  ]);
  expect(warningsFor({ port: '9000' })).toEqual([]);
});
