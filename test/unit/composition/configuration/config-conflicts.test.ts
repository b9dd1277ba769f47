import { describe, expect, it } from 'vitest';
import { configConflicts } from '../../../../src/composition/configuration/config-conflicts.ts';
import { resolveConfig } from '../../../../src/composition/configuration/config.ts';
import type { Settings } from '../../../../src/composition/configuration/options.ts';

const resolved = resolveConfig({});
const DEFAULTS = resolved.ok ? resolved.value.settings : expect.fail('the defaults are invalid');

function messages(settings: Partial<Settings>): string[] {
  const sourceOf = (name: string): string | undefined => (name in settings ? `--${name}` : undefined);
  return configConflicts({ ...DEFAULTS, ...settings }, sourceOf).map(({ message }) => message);
}

describe('conflicts between values', () => {
  it('M24: rejects a file of mailboxes beside a cluster', () => {
    expect(messages({ mailboxes: 'sqlite:mail.db', cluster: 'redis://127.0.0.1' })).toEqual([
      '--mailboxes is sqlite:mail.db, and --cluster keeps the mailboxes of all brokers: remove one of them',
    ]);
    expect(messages({ mailboxes: 'sqlite:mail.db' })).toEqual([]);
  });

  it('rejects a mailbox smaller than a message', () => {
    expect(messages({ mailbox_bytes: 1000 })).toEqual([
      '--mailbox_bytes is 1000; it must be at least 1050528, to hold the default of max_message_bytes (1048576) and 1952 more',
    ]);
    expect(messages({ mailbox_bytes: 1_050_528 })).toEqual([]);
  });

  it('rejects a message larger than the mailbox and the send buffer', () => {
    expect(messages({ max_message_bytes: 8_388_608 })).toEqual([
      'the default of mailbox_bytes is 2097152; it must be at least 8390560, to hold --max_message_bytes (8388608) and 1952 more',
      'the default of send_buffer_bytes is 4194304; it must be at least 8388608, to hold --max_message_bytes (8388608)',
    ]);
  });

  it('rejects a realm limit smaller than a mailbox', () => {
    expect(messages({ realm_mailbox_bytes: 2_000_000 })).toEqual([
      '--realm_mailbox_bytes is 2000000; it must be at least 2097152, to hold the default of mailbox_bytes (2097152)',
    ]);
  });

  it('rejects a request head smaller than its target', () => {
    expect(messages({ max_header_bytes: 2048 })).toEqual([
      '--max_header_bytes is 2048; it must be at least 4096, to hold the default of max_url_bytes (4096)',
    ]);
  });

  it('REL3, X7: rejects a ping interval above alive_timeout if any dialect is pinged', () => {
    const expected = ['the default of ping_interval is 30000; it must be less than --alive_timeout (30000)'];
    expect(messages({ alive_timeout: 30_000 })).toEqual([]);
    expect(messages({ alive_timeout: 30_000, dialects: ['peerjs', 'mercure'] })).toEqual([]);
    for (const served of [
      { all: true },
      { legacy_xhr: true },
      { dialects: ['relay'] },
      { dialects: ['socketio'] },
      { dialects: ['peero'] },
    ] as const) {
      expect(messages({ alive_timeout: 30_000, ...served })).toEqual(expected);
      expect(messages({ alive_timeout: 30_001, ...served })).toEqual([]);
    }
  });

  it('R6: rejects patterns without a literal key if a dialect is served whose clients may send no key', () => {
    const tail = 'may send no key: add a --key without *, such as peerjs';
    expect(messages({ key: ['team-*', '*'], dialects: ['relay', 'peerjs', 'mercure'] })).toEqual([
      `--key has only patterns; clients of relay and mercure ${tail}`,
    ]);
    expect(messages({ key: ['team-*'], all: true })).toEqual([`--key has only patterns; clients of all dialects ${tail}`]);
    expect(messages({ key: ['team-*', 'peerjs'], all: true })).toEqual([]);
    expect(messages({ key: ['team-*'] })).toEqual([]);
  });

  it('rejects TLS with only one of its two files', () => {
    expect(messages({ sslkey: 'key.pem' })).toEqual(['--sslkey is given without sslcert; TLS needs both sslkey and sslcert']);
    expect(messages({ sslcert: 'cert.pem' })).toEqual(['--sslcert is given without sslkey; TLS needs both sslkey and sslcert']);
    expect(messages({ sslkey: 'key.pem', sslcert: 'cert.pem' })).toEqual([]);
  });

  it('rejects links without a cluster, and of several workers', () => {
    const cluster_link = 'http://10.0.0.5:9000';
    expect(messages({ cluster_link, cluster: 'redis://host' })).toEqual([]);
    expect(messages({ cluster_link })).toEqual([
      '--cluster_link is given without cluster: add --cluster with the URL of the engine, or remove it',
    ]);
    expect(messages({ cluster_link, workers: 2 })).toContain(
      "--cluster_link can't be used with --workers 2, because a link would reach any of the workers: remove one of them",
    );
  });
});
