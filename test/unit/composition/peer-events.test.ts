import { describe, expect, it } from 'vitest';
import type { LogEvent } from '../../../src/application/ports/log.ts';
import { PeerEvents, type PeerListener } from '../../../src/composition/peer-events.ts';
import { session } from '../domain/session-fixture.ts';
import { embeddedPeers } from './embedded-peers.ts';

const DEAF: PeerListener = {
  connected: () => undefined,
  sent: () => undefined,
  disconnected: () => undefined,
  failed: () => undefined,
  isListening: () => false,
};

describe('events for an embedding program', () => {
  it('forwards every event to the log', () => {
    const events: LogEvent[] = [];
    const stopped: LogEvent = { event: 'stopped', cut: 0 };
    new PeerEvents({ record: (event) => void events.push(event) }, DEAF).record(stopped);
    expect(events).toEqual([stopped]);
  });

  it('is enabled for messages only while they have a listener', () => {
    const log = { record: () => undefined };
    expect(new PeerEvents(log, DEAF).isEnabled).toBe(false);
    expect(new PeerEvents(log, { ...DEAF, isListening: (what) => what === 'sent' }).isEnabled).toBe(true);
  });

  it('creates no peer for an event without a listener', () => {
    const emitted: string[] = [];
    const listener: PeerListener = {
      ...DEAF,
      connected: () => void emitted.push('connected'),
      disconnected: () => void emitted.push('disconnected'),
    };
    const ann = session('ann');
    const record = (wanted: string): void => {
      const events = new PeerEvents({ record: () => undefined }, { ...listener, isListening: (what) => what === wanted });
      events.record({ event: 'peer-opened', session: ann, address: '' });
      events.record({
        event: 'peer-closed',
        session: ann,
        ending: 'lost',
        end: { by: 'network', code: 1006 },
        passage: undefined,
      });
    };
    for (const wanted of ['sent', 'connected', 'disconnected']) record(wanted);
    expect(emitted).toEqual(['connected', 'disconnected']);
  });

  it('emits a fault as an Error for any thrown value', () => {
    const failures: Error[] = [];
    const events = new PeerEvents({ record: () => undefined }, { ...DEAF, failed: (error) => void failures.push(error) });
    const error = new RangeError('one');
    events.record({ event: 'fault', error, connection: undefined });
    events.record({ event: 'fault', error: 'two', connection: undefined });
    expect(failures).toEqual([error, new Error('two')]);
  });

  it('has the same peer object in all events of a connection', async () => {
    const { broker, connectPeer } = await embeddedPeers();
    const seen: unknown[] = [];
    broker.on('message', (peer) => seen.push(peer));
    broker.on('disconnect', (peer) => seen.push(peer));
    const { remote, peer } = connectPeer('ann');
    remote.send('{"type":"HEARTBEAT"}');
    remote.cut();
    expect(seen).toEqual([peer, peer]);
    expect(seen[0]).toBe(peer);
  });

  it('M11: emits nothing for a request without effect', async () => {
    const { broker, connectPeer } = await embeddedPeers();
    const seen: unknown[] = [];
    broker.on('message', (_, message) => seen.push(message));
    const { remote } = connectPeer('ann');
    for (const frame of ['{', '{"type":"OPEN"}', '{"type":"OFFER","dst":5}']) remote.send(frame);
    expect(seen).toEqual([]);
  });
});
