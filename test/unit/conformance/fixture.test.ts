import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Dangerous, Failed, Inconclusive, NotTestable } from '../../../conformance/outcomes.ts';
import { uniqueName, Fixture } from '../../../conformance/fixture.ts';
import { SmallServer } from './small-server.ts';

describe('a fixture', () => {
  let server: SmallServer;
  let fixture: Fixture;
  beforeEach(async () => {
    server = await SmallServer.start((_, text, from) => {
      if (text.includes('broadcast')) from.send('{"type":"OFFER","src":"x","dst":"y","payload":"stray"}');
      return text.includes('lost');
    });
    fixture = new Fixture(server.profile(2_000, { expire_timeout: 5 }));
  });
  afterEach(async () => {
    await fixture.close();
    server.stop();
  });

  it('connects peers that receive OPEN, and rejects others', async () => {
    const [ann, bob] = await fixture.connectPair();
    ann.sendOffer(bob.id, 'hello');
    expect(await bob.receive()).toEqual({ type: 'OFFER', src: ann.id, dst: bob.id, payload: 'hello' });
    await expect(fixture.connect('intruder', { id: ann.id })).rejects.toThrow(/intruder received .*ID-TAKEN.* instead of OPEN/);
  });

  it('A1: generates JSON Web Tokens for a server that requires authentication', () => {
    const auth = { auth: 'required', auth_key: 'a secret' };
    expect(new Fixture(server.profile(1, auth)).newToken()).toMatch(/^eyJ[\w-]+\.[\w-]+\.[\w-]+$/);
    for (const settings of [{}, { ...auth, auth: 'optional' }, { auth: 'required' }]) {
      expect(new Fixture(server.profile(1, settings)).newToken()).toMatch(/^token-[\da-f-]+$/);
    }
  });

  it('retries until an id is free', async () => {
    const ann = await fixture.connect('ann');
    const newOwner = fixture.connectWhenFree('new-owner', { id: ann.id });
    ann.terminate();
    expect((await newOwner).isOpen).toBe(true);
  });

  it('requests paths below the prefix, or any target', async () => {
    expect((await fixture.request('peerjs/id')).body).toBe('GET /peerjs/id');
    expect((await fixture.requestAt('/%zz', { method: 'PUT' })).body).toBe('PUT /%zz');
  });

  it('returns the status of a handshake', async () => expect(await fixture.handshakeStatus({})).toBe(101));

  it('returns all frames received before an echo', async () => {
    const ann = await fixture.connect('ann');
    await fixture.expectNothing(ann);
    ann.sendOffer('absent', 'broadcast');
    expect(await fixture.receiveUntilEcho(ann)).toEqual([{ type: 'OFFER', src: 'x', dst: 'y', payload: 'stray' }]);
  });

  it('treats an unexpected frame as failed or dangerous', async () => {
    const ann = await fixture.connect('ann');
    ann.sendOffer('absent', 'broadcast');
    await expect(fixture.expectNothing(ann)).rejects.toThrow(Failed);
    ann.sendOffer('absent', 'broadcast');
    await expect(fixture.expectNoLeak(ann)).rejects.toThrow(Dangerous);
  });

  it('detects whether frames of a peer are relayed', async () => {
    const [ann, bob] = await fixture.connectPair();
    expect(await fixture.checkRelay(ann, bob)).toBe('relayed');
    await ann.close();
    expect(await fixture.checkRelay(ann, bob)).toMatchObject({ code: 1005 });
  });

  it('returns known settings', () => {
    expect(fixture.setting('expire_timeout')).toBe(5);
    expect(() => fixture.setting('alive_timeout')).toThrow(
      new NotTestable('requires --alive-timeout; pass the value that the server uses'),
    );
  });

  it('has no verdict about a message that may have expired before its receiver connected', () => {
    expect(() => fixture.requireHeld(performance.now() + 60_000)).not.toThrow();
    const judge = () => fixture.requireHeld(performance.now() - 6);
    expect(judge).toThrow(Inconclusive);
    expect(judge).toThrow(/^the receiver connected \d+ ms after the message$/);
  });

  it('closes all clients at the end, peers with a close frame', async () => {
    const [ann, wire] = [await fixture.connect('ann'), fixture.openRaw()];
    await fixture.close();
    await wire.ended;
    expect((await ann.ended).code).not.toBe(1006);
  });

  it('waits for the frame that a reconnect causes, and leaves it unread', async () => {
    const ann = await fixture.connect('ann');
    const again = await fixture.reconnectAndSettle(ann);
    expect((await again.receive())['type']).toBe('ID-TAKEN');
  });

  it('generates unique names', () => expect(uniqueName('ann')).not.toBe(uniqueName('ann')));
});

describe('keepAlive', () => {
  it.each([
    [undefined, 5_000],
    [60_000, 5_000],
    [400, 100],
  ])('sends heartbeats, for a liveness timeout of %s ms every %s ms', async (alive_timeout, every) => {
    const received: string[] = [];
    const server = await SmallServer.start((_, text) => received.push(text) > 0);
    const fixture = new Fixture(server.profile(2_000, alive_timeout === undefined ? {} : { alive_timeout }));
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    try {
      fixture.keepAlive();
      await fixture.openSocket('ann');
      vi.advanceTimersByTime(every);
    } finally {
      vi.useRealTimers();
    }
    await vi.waitFor(() => expect(received).toEqual(['{"type":"HEARTBEAT"}']));
    await fixture.close();
    server.stop();
  });
});

describe('checkRelay', () => {
  it('detects a socket whose frames the server ignores', async () => {
    const ignored = new Set<unknown>();
    const server = await SmallServer.start((_, text, from) => {
      if (text === '{') ignored.add(from);
      return ignored.has(from);
    });
    const fixture = new Fixture(server.profile());
    const [ann, bob] = await fixture.connectPair();
    ann.sendText('{');
    expect(await fixture.checkRelay(ann, bob)).toBe('ignored');
    await fixture.close();
    server.stop();
  });
});
