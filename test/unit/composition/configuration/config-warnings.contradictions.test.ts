import { describe, expect, it } from 'vitest';
import { resolveConfig, type Sources } from '../../../../src/composition/configuration/config.ts';
import { createBroker } from '../../../../src/composition/library.ts';

const SHORT_KEY = 'tiny';
const KEY = 'a-key-of-at-least-32-characters-for-tests';

/** The errors and warnings, one for each line. */
function complaintsAbout(sources: Sources): readonly string[] {
  const resolved = resolveConfig(sources);
  return resolved.ok ? resolved.value.warnings : resolved.refusal.map(({ message }) => message);
}

const flags = (line: string): Sources => ({ argv: line.split(' ') });
const file = (text: string): Sources => ({ argv: ['--config', 'settings.json'], readFile: () => text });

describe('contradictions and likely mistakes', () => {
  it.each<[string, Sources, RegExp]>([
    [
      'two dialects on one path',
      flags('--dialects relay,peero --relay_path /x --peero_path /x'),
      /is '\/x', which is a path of peero/,
    ],
    ['the root for two dialects', flags('--dialects peerjs,relay --relay_path /'), /is '\/', which is a path of peerjs/],
    ['a timeout below the heartbeat', flags('--alive_timeout 3000'), /shorter than two PeerJS heartbeats.*at least 10000/],
    ['a key of a dialect that is not served', flags(`--mercure_publisher_key ${KEY}`), /has no effect.*add --dialects mercure/],
    [
      'an open hub with keys',
      flags(`--dialects mercure --mercure_open --mercure_publisher_key ${KEY}`),
      /ineffective: remove one/,
    ],
    ['a short key of Mercure', flags(`--dialects mercure --mercure_publisher_key ${SHORT_KEY}`), /at least 32 bytes/],
    ['a short key of tokens', flags(`--auth required --auth_key ${SHORT_KEY}`), /at least 32 bytes/],
    ['a lease without a cluster', flags('--cluster_lease 5000'), /has no effect without cluster/],
    ['the start of a cluster without one', flags('--cluster_start wait'), /has no effect without cluster/],
    [
      'a limit of realms without patterns',
      flags('--max_realms 5'),
      /--max_realms has no effect without a pattern in key: add a key/,
    ],
    ['the doctor of an absent listener', flags('--doctor admin'), /--doctor has no effect without admin, .*: add admin, or set/],
    ['an interval of pings without pings', flags('--ping_interval 9000'), /--ping_interval has no effect for PeerJS/],
    ['a heartbeat without streams', flags('--stream_heartbeat 9000'), /has no effect without streams: add --dialects mercure/],
    ['a library without its transport', flags('--uws x --transport node'), /--uws has no effect, because --transport is node/],
    ['every address as a proxy', flags('--proxied 10.0.0.0/8,::/0'), /--proxied has ::\/0, which trusts every client/],
    ['all origins and one of them', flags('--cors https://a.example --cors *'), /'\*' allows every origin/],
    ['a hardened open hub', flags('--profile hardened --all --mercure_open'), /also in the hardened profile/],
    ['a number in quotes', file('{ "port": "9000" }'), /port in settings\.json is the text "9000"; write 9000 without quotes/],
    ['a boolean in quotes', file('{ "all": "yes" }'), /all in settings\.json is the text "yes"; write true without quotes/],
    ['two names of one option', { given: { max_connections: 1, maxConnections: 2 } }, /are one option: give it once/],
  ])('%s: one line with the next step', (_, sources, complaint) => {
    const complaints = complaintsAbout(sources);
    expect(complaints.filter((one) => complaint.test(one))).toHaveLength(1);
    expect(complaints.join('\n')).not.toContain(KEY);
  });

  it.each([
    '--max_realms 5 --key a --key b-*',
    '--doctor admin --admin 127.0.0.1:9001',
    '--ping_interval 9000 --legacy_xhr',
    '--stream_heartbeat 9000 --dialects peerjs,mercure --mercure_open',
    '--uws x --transport uws',
    '--handshake_timeout 9000 --keep_alive_timeout 9000 --transport node',
    '--handshake_timeout 9000 --uws x',
    '--proxied 10.0.0.0/8',
  ])('no line about options that have an effect: %s', (line) => {
    expect(complaintsAbout(flags(line))).toEqual([]);
  });

  it('options that are not an object are an error', () => {
    expect(() => createBroker(9000 as never)).toThrow('they must be an object, such as { port: 9000 }');
  });
});
