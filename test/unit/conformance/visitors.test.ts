import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { profileOf } from '../../../conformance/profile.ts';
import { Scene } from '../../../conformance/scene.ts';
import { hearsBeforeMark, isAnswered, relayTarget, visits } from '../../../conformance/visitors.ts';
import { HonestRelay } from '../../conformance/topics/honest-relay.ts';

describe('visitors of a topic relay', () => {
  let server: HonestRelay;
  let scene: Scene;
  beforeEach(async () => {
    server = new HonestRelay({});
    const address = { host: '127.0.0.1', port: await server.starts(), secure: false, trustsAnyCertificate: false };
    scene = new Scene(profileOf(address, {}, 500));
  });
  afterEach(() => {
    scene.end();
    server.stops();
  });

  it('REL1: come to where it is, and listen', async () => {
    expect(relayTarget(scene, '?key=a')).toBe('/relay?key=a');
    const [ann, bob] = [await visits(scene, 'ann', 'garden'), await visits(scene, 'bob')];
    bob.sends({ type: 'publish', topic: 'garden', n: 1 });
    expect(await hearsBeforeMark(ann, bob, 'garden')).toMatchObject([{ n: 1 }]);
    expect(await hearsBeforeMark(ann, bob, 'garden')).toEqual([]);
  });

  it('REL1: say what came instead of a pong', async () => {
    const ann = await visits(scene, 'ann', 'garden');
    ann.sends({ type: 'publish', topic: 'garden' });
    await expect(isAnswered(ann)).rejects.toThrow('the answer to a ping: expected {"type":"pong"}, got {"type":"publish"');
  });
});
