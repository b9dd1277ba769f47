import { describe, expect, it } from 'vitest';
import { SilentLog } from '../../../src/adapters/logs/silent.ts';
import { MemoryTransport, type MemoryClient } from '../../../src/adapters/transports/memory/listener.ts';
import type { LogEvent } from '../../../src/application/ports/log.ts';
import { defaultConfig } from '../../../src/composition/configuration/config.ts';
import { EmbeddedBroker } from '../../../src/composition/embedded-broker.ts';

async function embedded(log = new SilentLog()) {
  const transport = new MemoryTransport();
  const broker = new EmbeddedBroker(
    { ...defaultConfig(), drainTimeout: 1 },
    { log, makeTransport: () => Promise.resolve(transport) },
  );
  await broker.listen();
  const peer = (id: string): MemoryClient =>
    transport.connect({ path: '/peerjs', query: `key=peerjs&id=${id}&token=secret-${id}` });
  return { broker, peer };
}

describe('EmbeddedBroker', () => {
  it('emits connection and disconnect, with the reason', async () => {
    const { broker, peer } = await embedded();
    const seen: string[] = [];
    broker.on('connection', ({ id, realm }) => seen.push(`${id} came to ${realm}`));
    broker.on('disconnect', ({ id }, reason) => seen.push(`${id} ${reason}`));
    peer('ann').cut();
    peer('bob').send('{"type":"LEAVE"}');
    expect(seen).toEqual(['ann came to peerjs', 'ann lost', 'bob came to peerjs', 'bob left']);
  });

  it('O5: emits disconnect and then connection for a reconnect', async () => {
    const { broker, peer } = await embedded();
    const seen: string[] = [];
    broker.on('connection', ({ id }) => seen.push(id));
    broker.on('disconnect', (_, reason) => seen.push(reason));
    peer('ann');
    peer('ann');
    expect(seen).toEqual(['ann', 'superseded', 'ann']);
  });

  it('emits every message with the registered sender, for any src in the frame', async () => {
    const { broker, peer } = await embedded();
    const seen: unknown[] = [];
    broker.on('message', (_, message) => seen.push(message));
    const ann = peer('ann');
    ann.send('{"type":"CANDIDATE","src":"bob","dst":"eve","payload":[1]}');
    ann.send('{"type":"OFFER"}');
    ann.send('{"type":"HEARTBEAT"}');
    ann.send('{"type":"NONSENSE"}');
    ann.send('{"type":"LEAVE"}');
    expect(seen).toEqual([
      { type: 'CANDIDATE', src: 'ann', dst: 'eve', payload: [1] },
      { type: 'OFFER', src: 'ann' },
      { type: 'HEARTBEAT', src: 'ann' },
      { type: 'LEAVE', src: 'ann' },
    ]);
  });

  it('sends to a peer and closes its connection', async () => {
    const { broker, peer } = await embedded();
    const peers: unknown[] = [];
    broker.on('connection', (connected) => {
      peers.push(connected.isOpen, connected.token, connected.silentFor() < 1_000);
      expect(connected.send({ type: 'HELLO' })).toBe(true);
      expect(() => connected.send(undefined)).toThrow('message has no JSON form: undefined');
      connected.close(4000, 'enough');
      expect(connected.sendText('late')).toBe(false);
    });
    const ann = peer('ann');
    expect(peers).toEqual([true, 'secret-ann', true]);
    expect(ann.received).toEqual(['{"type":"OPEN"}', '{"type":"HELLO"}']);
    expect(ann.closed).toEqual({ code: 4000, why: 'enough' });
  });

  it('promise 6: logs the exception of a listener and keeps the connection', async () => {
    const events: LogEvent[] = [];
    const { broker, peer } = await embedded({ record: (event) => void events.push(event) });
    broker.on('connection', () => {
      throw new Error('bug in the program');
    });
    const ann = peer('ann');
    ann.send('{"type":"OFFER","dst":"ann"}');
    expect(ann.received).toHaveLength(2);
    expect(events).toContainEqual(expect.objectContaining({ event: 'fault' }));
  });

  it('counts requests without effect', async () => {
    const { broker, peer } = await embedded();
    peer('ann').send('{');
    expect(broker.counts()).toEqual({ 'ignored:malformed': 1 });
  });

  it('closes every peer with 1012, and accepts a second close or one before listen', async () => {
    const { broker, peer } = await embedded();
    const ann = peer('ann');
    await Promise.all([broker.close(), broker.close()]);
    expect(ann.closed?.code).toBe(1012);
    const idle = new EmbeddedBroker(defaultConfig(), {
      log: new SilentLog(),
      makeTransport: () => Promise.reject(new Error('never')),
    });
    await expect(idle.close()).resolves.toBeUndefined();
  });

  it('rejects a second listen', async () => {
    const { broker } = await embedded();
    await expect(broker.listen()).rejects.toThrow('listen was called before: a broker listens once');
  });
});
