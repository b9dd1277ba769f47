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

  it('options that are not an object are an error', () => {
    expect(() => createBroker(9000 as never)).toThrow('they must be an object, such as { port: 9000 }');
  });
});
