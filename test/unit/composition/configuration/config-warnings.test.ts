import { describe, expect, it } from 'vitest';
import { resolveConfig, type Sources } from '../../../../src/composition/configuration/config.ts';

function warnings(sources: Sources): readonly string[] {
  const resolved = resolveConfig(sources);
  return resolved.ok ? resolved.value.warnings : expect.fail(JSON.stringify(resolved.refusal));
}

const doubts = (given: Record<string, unknown>): readonly string[] => warnings({ given });

it('the defaults, and those of the hardened profile, are not doubtful', () => {
  expect(doubts({})).toEqual([]);
  expect(doubts({ profile: 'hardened' })).toEqual([]);
});

it('MER7: a Mercure endpoint that lets no client in is doubtful', () => {
  const shut = [expect.stringContaining('mercure is served, but no client is let in: give mercure_publisher_key')];
  expect(doubts({ dialects: ['mercure'] })).toEqual(shut);
  expect(doubts({ all: true })).toEqual(shut);
  expect(doubts({ dialects: ['peerjs', 'relay'] })).toEqual([]);
  expect(doubts({ all: true, mercure_open: true })).toEqual([]);
  expect(doubts({ all: true, mercure_anonymous: true })).toEqual([]);
  expect(doubts({ all: true, mercure_publisher_key: 'a-shared-secret-of-more-than-32-bytes' })).toEqual([]);
});

describe('options that have no effect', () => {
  it.each([
    [['--mercure_open'], '--mercure_open', 'mercure or socketio'],
    [['--socketio_path', '/s'], '--socketio_path', 'socketio'],
    [['--mercure-path', '/m'], '--mercure-path', 'mercure'],
    [['--relay_path', '/r'], '--relay_path', 'relay'],
    [['--dialects', 'relay', '--allow_discovery'], '--allow_discovery', 'peerjs'],
    [['--dialects', 'relay', '--legacy_xhr'], '--legacy_xhr', 'peerjs'],
  ])('%j, because its dialect is not served', (argv, source, dialect) => {
    const next = `add --dialects ${dialect.split(' ')[0]}, or leave it out`;
    expect(warnings({ argv })).toEqual([`${source} has no effect, because ${dialect} is not served: ${next}`]);
  });

  it('keys of Mercure in the environment are named by their variable', () => {
    const env = { MERCURE_PUBLISHER_JWT_KEY: 'a-shared-secret-of-more-than-32-bytes' };
    expect(warnings({ env })).toEqual([
      expect.stringMatching(/^MERCURE_PUBLISHER_JWT_KEY has no effect, because mercure or socketio is not/),
    ]);
  });

  it.each([
    [{ cluster_lease: 5000 }, /^cluster_lease has no effect without cluster: give the URL/],
    [{ cluster_cut: 'refuse' }, /^cluster_cut has no effect without cluster: give the URL/],
    [{ all: true, dialects: ['relay'], mercure_open: true }, /^dialects has no effect beside all/],
    [{ all: true, mercure_open: true, mercure_anonymous: true }, /^mercure_anonymous has no effect beside mercure_open/],
    [{ http_rate_window: 1000 }, /^http_rate_window has no effect while http_rate_limit is 0/],
    [{ malformed_limit: 0, malformed_window: 1000 }, /^malformed_window has no effect while malformed_limit is 0/],
  ])('%j', (given, expected) => expect(doubts(given)).toEqual([expect.stringMatching(expected)]));
});

it('L1: a timeout that is not longer than the heartbeat of PeerJS is doubtful, if PeerJS is served', () => {
  const short = ['--alive_timeout', '3000'];
  expect(warnings({ argv: short })).toEqual([
    '--alive_timeout 3000 is not longer than the PeerJS heartbeat (5000 ms): idle clients may be disconnected. Use at least 10000.',
  ]);
  expect(doubts({ alive_timeout: 10_000 })).toEqual([]);
  expect(warnings({ argv: [...short, '--dialects', 'mercure', '--mercure_open'] })).toEqual([]);
});

it('MER7: everybody may publish, though the profile is hardened', () => {
  expect(warnings({ argv: ['--profile', 'hardened', '--all', '--mercure_open'] })).toEqual([
    expect.stringMatching(
      /^--mercure_open lets every client publish and subscribe without a token, in the hardened profile: give/,
    ),
  ]);
});

it('MER7: keys beside mercure_open protect nothing', () => {
  const key = 'a-shared-secret-of-more-than-32-bytes';
  const argv = ['--dialects', 'mercure', '--mercure_open', '--mercure_publisher_key', key];
  expect(warnings({ argv, env: { MERCURE_SUBSCRIBER_JWT_KEY: key } })).toEqual([
    '--mercure_open lets every client in without a token, so --mercure_publisher_key and MERCURE_SUBSCRIBER_JWT_KEY would protect ' +
      'nothing: leave one out',
  ]);
});

it('a bound that a smaller one never lets be reached is doubtful', () => {
  expect(doubts({ concurrent_limit: 200_000 })).toEqual([
    'concurrent_limit is 200000, but max_connections lets in 100000: raise max_connections, or lower concurrent_limit',
  ]);
  expect(doubts({ max_connections: 10 })).toEqual([]);
});

it('text in a file where JSON has a word of its own is doubtful', () => {
  const file = { port: '9000', allow_discovery: 'yes', proxied: '2', path: '9000', cors: [] };
  const sources = { argv: ['--config', 'x.json'], readFile: () => JSON.stringify(file) };
  expect(warnings(sources)).toEqual([
    'port in x.json is the text "9000"; write 9000 without quotes',
    'allow_discovery in x.json is the text "yes"; write true without quotes',
    'proxied in x.json is the text "2"; write 2 without quotes',
  ]);
  expect(doubts({ port: '9000' })).toEqual([]);
});
