import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Dangerous, Failed, NotTestable } from '../../../conformance/outcomes.ts';
import { fresh, Scene } from '../../../conformance/scene.ts';
import { SmallServer } from './small-server.ts';

describe('a scene', () => {
  let server: SmallServer;
  let scene: Scene;
  beforeEach(async () => {
    server = await SmallServer.start((_, text, from) => {
      if (text.includes('for everybody')) from.send('{"type":"OFFER","src":"x","dst":"y","payload":"stray"}');
      return text.includes('lost');
    });
    scene = new Scene(server.profile(2_000, { expire_timeout: 5 }));
  });
  afterEach(() => {
    scene.end();
    server.dies();
  });

  it('brings in peers that hear OPEN, and refuses others', async () => {
    const [ann, bob] = await scene.pair();
    ann.offers(bob.id, 'hello');
    expect(await bob.hears()).toEqual({ type: 'OFFER', src: ann.id, dst: bob.id, payload: 'hello' });
    await expect(scene.enters('thief', { id: ann.id })).rejects.toThrow(/thief heard .*ID-TAKEN.* instead of OPEN/);
  });

  it('waits for an id to be free', async () => {
    const ann = await scene.enters('ann');
    const heir = scene.entersWhenFree('heir', { id: ann.id });
    ann.cut();
    expect((await heir).isOpen).toBe(true);
  });

  it('asks behind the path, and at any target', async () => {
    expect((await scene.asks('peerjs/id')).body).toBe('GET /peerjs/id');
    expect((await scene.asksAt('/%zz', { method: 'PUT' })).body).toBe('PUT /%zz');
  });

  it('tells the status of a handshake', async () => expect(await scene.statusOf({})).toBe(101));

  it('hears all that came before an echo', async () => {
    const ann = await scene.enters('ann');
    await scene.hearsNothing(ann);
    ann.sends({ type: 'OFFER', dst: 'nobody', payload: 'for everybody' });
    expect(await scene.hearsBeforeEcho(ann)).toEqual([{ type: 'OFFER', src: 'x', dst: 'y', payload: 'stray' }]);
  });

  it('takes what should not come for a failure, or for a danger', async () => {
    const ann = await scene.enters('ann');
    ann.offers('nobody', 'for everybody');
    await expect(scene.hearsNothing(ann)).rejects.toThrow(Failed);
    ann.offers('nobody', 'for everybody');
    await expect(scene.overhearsNothing(ann)).rejects.toThrow(Dangerous);
  });

  it('knows whether a peer is still heard', async () => {
    const [ann, bob] = await scene.pair();
    expect(await scene.fateOf(ann, bob)).toBe('heard');
    await ann.leaves();
    expect(await scene.fateOf(ann, bob)).toMatchObject({ code: 1005 });
  });

  it('knows the settings that are told', () => {
    expect(scene.setting('expire_timeout')).toBe(5);
    expect(() => scene.setting('alive_timeout')).toThrow(new NotTestable('not known: --alive-timeout'));
  });

  it('cuts all that it opened when it ends', async () => {
    const [ann, wire] = [await scene.enters('ann'), scene.wire()];
    scene.end();
    await Promise.all([ann.ended, wire.ended]);
  });

  it('makes up names that nobody has', () => expect(fresh('ann')).not.toBe(fresh('ann')));
});

describe('a peer that is never heard again', () => {
  it('is found by those that overtake it', async () => {
    const deaf = new Set<unknown>();
    const server = await SmallServer.start((_, text, from) => {
      if (text === '{') deaf.add(from);
      return deaf.has(from);
    });
    const scene = new Scene(server.profile());
    const [ann, bob] = await scene.pair();
    ann.sendsText('{');
    expect(await scene.fateOf(ann, bob)).toBe('unheard');
    scene.end();
    server.dies();
  });
});
