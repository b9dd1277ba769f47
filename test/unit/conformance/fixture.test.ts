import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Dangerous, Failed, NotTestable } from '../../../conformance/outcomes.ts';
import { uniqueName, Fixture } from '../../../conformance/fixture.ts';
import { SmallServer } from './small-server.ts';

describe('a scene', () => {
  let server: SmallServer;
  let scene: Fixture;
  beforeEach(async () => {
    server = await SmallServer.start((_, text, from) => {
      if (text.includes('for everybody')) from.send('{"type":"OFFER","src":"x","dst":"y","payload":"stray"}');
      return text.includes('lost');
    });
    scene = new Fixture(server.profile(2_000, { expire_timeout: 5 }));
  });
  afterEach(() => {
    scene.close();
    server.stop();
  });

  it('brings in peers that hear OPEN, and refuses others', async () => {
    const [ann, bob] = await scene.connectPair();
    ann.sendOffer(bob.id, 'hello');
    expect(await bob.receive()).toEqual({ type: 'OFFER', src: ann.id, dst: bob.id, payload: 'hello' });
    await expect(scene.connect('thief', { id: ann.id })).rejects.toThrow(/thief heard .*ID-TAKEN.* instead of OPEN/);
  });

  it('waits for an id to be free', async () => {
    const ann = await scene.connect('ann');
    const heir = scene.connectWhenFree('heir', { id: ann.id });
    ann.terminate();
    expect((await heir).isOpen).toBe(true);
  });

  it('asks behind the path, and at any target', async () => {
    expect((await scene.request('peerjs/id')).body).toBe('GET /peerjs/id');
    expect((await scene.requestAt('/%zz', { method: 'PUT' })).body).toBe('PUT /%zz');
  });

  it('tells the status of a handshake', async () => expect(await scene.handshakeStatus({})).toBe(101));

  it('hears all that came before an echo', async () => {
    const ann = await scene.connect('ann');
    await scene.expectNothing(ann);
    ann.send({ type: 'OFFER', dst: 'nobody', payload: 'for everybody' });
    expect(await scene.receiveUntilEcho(ann)).toEqual([{ type: 'OFFER', src: 'x', dst: 'y', payload: 'stray' }]);
  });

  it('takes what should not come for a failure, or for a danger', async () => {
    const ann = await scene.connect('ann');
    ann.sendOffer('nobody', 'for everybody');
    await expect(scene.expectNothing(ann)).rejects.toThrow(Failed);
    ann.sendOffer('nobody', 'for everybody');
    await expect(scene.expectNoLeak(ann)).rejects.toThrow(Dangerous);
  });

  it('knows whether a peer is still heard', async () => {
    const [ann, bob] = await scene.connectPair();
    expect(await scene.checkRelay(ann, bob)).toBe('heard');
    await ann.close();
    expect(await scene.checkRelay(ann, bob)).toMatchObject({ code: 1005 });
  });

  it('knows the settings that are told', () => {
    expect(scene.setting('expire_timeout')).toBe(5);
    expect(() => scene.setting('alive_timeout')).toThrow(new NotTestable('not known: --alive-timeout'));
  });

  it('cuts all that it opened when it ends', async () => {
    const [ann, wire] = [await scene.connect('ann'), scene.openRaw()];
    scene.close();
    await Promise.all([ann.ended, wire.ended]);
  });

  it('makes up names that nobody has', () => expect(uniqueName('ann')).not.toBe(uniqueName('ann')));
});

describe('a peer that is never heard again', () => {
  it('is found by those that overtake it', async () => {
    const deaf = new Set<unknown>();
    const server = await SmallServer.start((_, text, from) => {
      if (text === '{') deaf.add(from);
      return deaf.has(from);
    });
    const scene = new Fixture(server.profile());
    const [ann, bob] = await scene.connectPair();
    ann.sendText('{');
    expect(await scene.checkRelay(ann, bob)).toBe('unheard');
    scene.close();
    server.stop();
  });
});
