import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { profileOf } from '../../../conformance/profile.ts';
import { Fixture } from '../../../conformance/fixture.ts';
import { receiveUntilMarker, waitForPong, relayTarget, connectToRelay } from '../../../conformance/topic-relay-client.ts';
import { ConformingRelay } from '../../conformance/topics/conforming-relay.ts';

describe('the topic relay client', () => {
  let server: ConformingRelay;
  let fixture: Fixture;
  beforeEach(async () => {
    server = new ConformingRelay({});
    const address = { host: '127.0.0.1', port: await server.start(), secure: false, trustsAnyCertificate: false };
    fixture = new Fixture(profileOf(address, {}, 500));
  });
  afterEach(() => {
    void fixture.close();
    server.stop();
  });

  it('REL1: connects to the path of the relay, and subscribes', async () => {
    expect(relayTarget(fixture, '?key=a')).toBe('/relay?key=a');
    const [ann, bob] = [await connectToRelay(fixture, 'ann', 'garden'), await connectToRelay(fixture, 'bob')];
    bob.send({ type: 'publish', topic: 'garden', n: 1 });
    expect(await receiveUntilMarker(ann, bob, 'garden')).toMatchObject([{ n: 1 }]);
    expect(await receiveUntilMarker(ann, bob, 'garden')).toEqual([]);
  });

  it('REL1: fails if another frame arrives instead of a pong', async () => {
    const ann = await connectToRelay(fixture, 'ann', 'garden');
    ann.send({ type: 'publish', topic: 'garden' });
    await expect(waitForPong(ann)).rejects.toThrow('the response to a ping: expected {"type":"pong"}, got {"type":"publish"');
  });
});
