import { describe, expect, it } from 'vitest';
import type { MemoryTelemetry } from '../../../src/adapters/telemetry/memory.ts';
import type { MetricName } from '../../../src/application/ports/metrics.ts';
import { pair, TestBroker } from '../../support/test-broker.ts';

/** The samples of a metric that are not zero, as `label values: value`. */
function read({ tally }: { readonly tally: MemoryTelemetry }, metric: MetricName): string[] {
  return tally
    .samples(metric)
    .filter(({ value }) => value !== 0)
    .map(({ labels, value }) => `${Object.values(labels).join(' ')}: ${value}`);
}

describe('MeteredGateway', () => {
  it('counts connections by dialect and carrier, and their ends by reason', () => {
    const { broker, ann, bob } = pair();
    expect([read(broker, 'connections'), read(broker, 'peers')]).toEqual([['peerjs socket: 2'], ['peerjs: 2']]);
    ann.client.close();
    bob.send({ type: 'LEAVE' });
    broker.transport.settle();
    broker.connectPeer('eve', { key: 'wrong' });
    broker.connectPeer('gus').client.close();
    broker.transport.settle();
    expect(read(broker, 'connections_opened_total')).toEqual(['peerjs socket: 4']);
    expect(read(broker, 'connections_refused_total')).toEqual(['peerjs key-unknown: 1']);
    expect(read(broker, 'connections')).toEqual([]);
    expect(read(broker, 'connections_closed_total').sort()).toEqual([
      'peerjs by-client: 2',
      'peerjs left: 1',
      'peerjs refused: 1',
    ]);
  });

  it('counts refused upgrades by the reason', () => {
    const broker = new TestBroker({ maxConnectionsPerAddress: 1 });
    broker.connectPeer('ann');
    broker.connectPeer('bob');
    expect(read(broker, 'upgrades_refused_total')).toEqual(['too-many-connections-from-address: 1']);
  });

  it('counts frames by type and bytes by direction, and measures one frame in 64', () => {
    const { broker, ann, bob } = pair();
    for (let n = 0; n < 64; n++) ann.sendOffer('bob');
    bob.send({ type: 'ANSWER', dst: 'ann', payload: {} });
    bob.send({ type: 'HEARTBEAT' });
    bob.send({ type: 'SOMETHING', dst: 'ann' });
    expect(read(broker, 'messages_received_total')).toEqual([
      'peerjs OFFER: 64',
      'peerjs ANSWER: 1',
      'peerjs HEARTBEAT: 1',
      'peerjs other: 1',
    ]);
    expect(read(broker, 'messages_delivered_total')).toEqual(['direct: 65']);
    const [bytes = ''] = read(broker, 'message_bytes_total');
    expect(Number(bytes.split(' ')[1])).toBeGreaterThan(64 * 20);
    expect(broker.tally.samples('relay_seconds')[0]?.cumulative?.at(-1)).toEqual([Infinity, 1]);
  });

  it('counts handshakes, and messages from a mailbox', () => {
    const { broker, ann, bob } = pair();
    ann.sendOffer('bob');
    bob.send({ type: 'ANSWER', dst: 'ann', payload: {} });
    ann.sendOffer('eve');
    expect([read(broker, 'mailbox_messages'), read(broker, 'mailbox_limit_bytes')]).toEqual([
      ['peerjs: 1'],
      [expect.stringMatching(/^peerjs: \d+$/)],
    ]);
    broker.connectPeer('eve');
    expect(read(broker, 'messages_delivered_total')).toEqual(['direct: 2', 'mailbox: 1']);
    ann.sendOffer('absent');
    broker.advance(60_000);
    expect(read(broker, 'handshakes_total')).toEqual(['answered: 1', 'expired: 1', 'unanswered: 1']);
    expect(read(broker, 'messages_expired_total')).toEqual(['peerjs: 1']);
    expect(broker.tally.samples('answer_seconds')[0]?.cumulative?.at(-1)).toEqual([Infinity, 1]);
  });

  it('counts a peer that takes over its id', () => {
    const { broker } = pair();
    broker.connectPeer('ann');
    expect(read(broker, 'reattached_total')).toEqual(['peerjs: 1']);
    broker.transport.settle();
    expect(read(broker, 'connections_closed_total')).toEqual(['peerjs superseded: 1']);
  });

  it('counts HTTP requests by action and class of the status', () => {
    const broker = new TestBroker();
    for (const path of ['/', '/peerjs/id', '/peerjs/peers', '/healthz', '/nothing/here/at/all']) {
      broker.transport.http('GET', path);
    }
    expect(read(broker, 'http_requests_total').sort()).toEqual([
      'describe 2xx: 1',
      'issue-peer-id 2xx: 1',
      'list-peers 4xx: 1',
      'none 4xx: 1',
      'probe 2xx: 1',
    ]);
  });

  it('reads the state of the broker', () => {
    const { broker } = pair({ keys: ['peerjs'] });
    expect(read(broker, 'peers_limit')).toEqual(['peerjs: 5000']);
    expect(read(broker, 'build_info')).toEqual([expect.stringMatching(/^\d+\.\d+\.\d+\S* memory alone: 1$/)]);
    expect([read(broker, 'draining'), read(broker, 'cluster_reached')]).toEqual([[], [': 1']]);
    void broker.broker.close();
    expect(read(broker, 'draining')).toEqual([': 1']);
  });
});
