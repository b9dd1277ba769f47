import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { profileOf } from '../../../conformance/profile.ts';
import { Fixture } from '../../../conformance/fixture.ts';
import { receiveUntilMarker, waitForPong, relayTarget, connectToRelay } from '../../../conformance/topic-relay-client.ts';
import { ConformingRelay } from '../../conformance/topics/conforming-relay.ts';

describe('visitors of a topic relay', () => {
  let server: ConformingRelay;
  let scene: Fixture;
  beforeEach(async () => {
    server = new ConformingRelay({});
    const address = { host: '127.0.0.1', port: await server.start(), secure: false, trustsAnyCertificate: false };
    scene = new Fixture(profileOf(address, {}, 500));
  });
  afterEach(() => {
    scene.close();
    server.stop();
  });

  it('REL1: come to where it is, and listen', async () => {
    expect(relayTarget(scene, '?key=a')).toBe('/relay?key=a');
    const [ann, bob] = [await connectToRelay(scene, 'ann', 'garden'), await connectToRelay(scene, 'bob')];
    bob.send({ type: 'publish', topic: 'garden', n: 1 });
    expect(await receiveUntilMarker(ann, bob, 'garden')).toMatchObject([{ n: 1 }]);
    expect(await receiveUntilMarker(ann, bob, 'garden')).toEqual([]);
  });

  it('REL1: say what came instead of a pong', async () => {
    const ann = await connectToRelay(scene, 'ann', 'garden');
    ann.send({ type: 'publish', topic: 'garden' });
    await expect(waitForPong(ann)).rejects.toThrow('the answer to a ping: expected {"type":"pong"}, got {"type":"publish"');
  });
});
