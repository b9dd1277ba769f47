import { describe, expect, it } from 'vitest';
import { LinesBroker } from '../../support/lines-broker.ts';
import { TestBroker, type TestPeer } from '../../support/test-broker.ts';

const PATTERN = { keys: ['peerjs', 'team-*'], maxRealms: 2 };

const types = (peer: TestPeer): unknown[] => peer.client.received.map((text) => (JSON.parse(text) as { type: unknown }).type);

describe('realms by pattern', () => {
  it('R1: peers of one key reach each other, and peers of other keys do not', () => {
    const broker = new TestBroker({ ...PATTERN, allowDiscovery: true });
    const [ann, bob, eve] = [
      ['ann', 'team-1'],
      ['bob', 'team-1'],
      ['bob', 'team-2'],
    ].map(([id = '', key]) => broker.connectPeer(id, { key })) as [TestPeer, TestPeer, TestPeer];
    ann.sendOffer('bob', 'hello');
    expect(bob.received).toEqual([{ type: 'OFFER', src: 'ann', dst: 'bob', payload: 'hello' }]);
    expect(eve.received).toEqual([]);
    expect(broker.transport.http('GET', '/team-1/peers').body).toBe('["ann","bob"]');
  });

  it('R1: a key that matches no pattern, or that no realm can have, is unknown', () => {
    const broker = new TestBroker(PATTERN);
    for (const key of ['team-', 'rooms', `team-${'x'.repeat(200)}`, 'team-a/b', 'team-\n', 'team-\u0000', '__proto__']) {
      const peer = broker.connectPeer('ann', { key });
      expect([peer.client.received, peer.closeCode], key).toEqual([
        ['{"type":"ERROR","payload":{"msg":"Invalid key provided"}}'],
        1008,
      ]);
    }
  });

  it('R2: requests over HTTP begin no realm', () => {
    const broker = new TestBroker({
      ...PATTERN,
      maxRealms: 1,
      allowDiscovery: true,
      stun: ['stun:a.test'],
      iceAccess: 'everybody',
    });
    for (let n = 0; n < 5; n++) {
      const answers = ['id', 'peers', 'ice'].map((page) => broker.transport.http('GET', `/team-${n}/${page}`));
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
      expect(answers[1]?.body).toBe('[]');
    }
    expect(types(broker.connectPeer('ann', { key: 'team-9' }))).toEqual(['OPEN']);
  });

  it('R3: at the limit, a new key is refused, counted and logged with the limit', () => {
    const broker = new TestBroker(PATTERN);
    for (const key of ['team-1', 'team-2']) broker.connectPeer('ann', { key });
    const refused = broker.connectPeer('ann', { key: 'team-3' });
    const text = '{"type":"ERROR","payload":{"msg":"Server has reached its limit of keys in use"}}';
    expect([refused.client.received, refused.closeCode]).toEqual([[text], 1013]);
    expect(broker.counts()['too-many-realms'] ?? 0).toBe(1);
    const limit = { option: 'max_realms', allows: 2, asked: 3 };
    expect(broker.events.filter(({ event }) => event === 'connection-refused')).toMatchObject([{ key: 'team-3', limit }]);
    expect(['team-1', 'peerjs'].map((key) => types(broker.connectPeer('bob', { key })))).toEqual([['OPEN'], ['OPEN']]);
  });

  it('R2: a key is free for the limit when its last connection has ended', () => {
    const broker = new TestBroker({ ...PATTERN, maxRealms: 1 });
    for (let n = 0; n < 10; n++) {
      const peer = broker.connectPeer('ann', { key: `team-${n}` });
      peer.send({ type: 'HEARTBEAT' });
      expect(types(peer)).toEqual(['OPEN']);
      peer.client.close(1000);
    }
  });

  it('R4: messages wait in a realm without peers, and are delivered or expire', () => {
    const broker = new TestBroker({ ...PATTERN, expireTimeout: 5_000 });
    const send = (): void => {
      const ann = broker.connectPeer('ann', { key: 'team-1' });
      ann.sendOffer('bob', 'hello');
      ann.client.close(1000);
    };
    send();
    expect(types(broker.connectPeer('bob', { key: 'team-2' }))).toEqual(['OPEN']);
    const bob = broker.connectPeer('bob', { key: 'team-1' });
    expect(types(bob)).toEqual(['OPEN', 'OFFER']);
    bob.client.close(1000);
    send();
    broker.advance(7_000);
    expect(broker.counts()['expired'] ?? 0).toBe(1);
    expect(types(broker.connectPeer('bob', { key: 'team-1' }))).toEqual(['OPEN']);
  });

  it('M14: the sender of an expired message is notified in its realm', () => {
    const broker = new TestBroker(PATTERN);
    const ann = broker.connectPeer('ann', { key: 'team-1' });
    ann.sendOffer('bob');
    broker.advance(7_000);
    expect(ann.received).toEqual([{ type: 'EXPIRE', src: 'bob', dst: 'ann' }]);
  });

  it('L1: an idle peer is closed, and its realm ends', () => {
    const broker = new TestBroker({ ...PATTERN, maxRealms: 1 });
    const ann = broker.connectPeer('ann', { key: 'team-1' });
    broker.advance(130_000);
    expect(ann.closeCode).toBe(4002);
    expect(types(broker.connectPeer('ann', { key: 'team-2' }))).toEqual(['OPEN']);
  });

  it('R4: reconnecting through an empty realm does not refill the rate limit', () => {
    const broker = new TestBroker({ ...PATTERN, messagesPerSecond: 1, messageBurst: 5 });
    const peers = [0, 1].map(() => {
      const ann = broker.connectPeer('ann', { key: 'team-1' });
      for (let n = 0; n < 3; n++) ann.send({ type: 'HEARTBEAT' });
      if (ann.closeCode === undefined) ann.client.close(1000);
      return ann.closeCode;
    });
    expect(peers).toEqual([1000, 1008]);
  });

  it('R2: a publication over HTTP begins no realm, and reaches the subscribers of one in use', () => {
    const broker = new LinesBroker({ ...PATTERN, maxRealms: 1 });
    const publish = (key: string): number | undefined =>
      broker.transport.http('POST', `/lines?topic=a&key=${key}`, { body: 'x' }).status;
    expect([publish('team-1'), publish('team-2'), publish('rooms')]).toEqual([204, 204, 404]);
    const guest = broker.connectLines('key=team-3');
    guest.send('+a');
    expect([publish('team-3'), publish('team-1')]).toEqual([204, 204]);
    broker.transport.settle();
    expect(guest.received.filter((line) => line.includes('x'))).toHaveLength(1);
  });

  it('drains peers of realms by pattern', () => {
    const broker = new TestBroker(PATTERN);
    const ann = broker.connectPeer('ann', { key: 'team-1' });
    void broker.broker.close();
    broker.advance(1_000);
    expect(ann.closeCode).toBe(1012);
  });
});
