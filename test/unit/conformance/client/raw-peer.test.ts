import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeFrame, openOnWire, textFrame, UPGRADE_LINES } from '../../../../conformance/client/raw-peer.ts';
import { Fixture } from '../../../../conformance/fixture.ts';
import { SmallServer } from '../small-server.ts';

describe('a peer on a raw connection', () => {
  let server: SmallServer;
  let fixture: Fixture;
  beforeAll(async () => {
    server = await SmallServer.start();
    fixture = new Fixture(server.profile());
  });
  afterAll(async () => {
    await fixture.close();
    server.stop();
  });

  it('opens, sends short and long text frames, and closes, in one segment', async () => {
    const bob = await fixture.connect('bob');
    const wire = await openOnWire(fixture.openRaw(true), fixture.socketTarget({ id: 'raw' }));
    const frames = ['short', 'long'.repeat(100)].map((payload) =>
      textFrame(JSON.stringify({ type: 'OFFER', dst: bob.id, payload })),
    );
    wire.send(Buffer.concat([...frames, closeFrame()]));
    expect((await bob.receiveMany(2)).map(({ payload }) => String(payload).length)).toEqual([5, 400]);
    await wire.waitFor(/\x88\x02\x03\xe8/);
  });

  it('ends a connection after all bytes', async () => {
    const bob = await fixture.connect('bob');
    const wire = await openOnWire(fixture.openRaw(), fixture.socketTarget({ id: 'ending' }));
    wire.send(textFrame(JSON.stringify({ type: 'OFFER', dst: bob.id, payload: 'last' }))).end();
    expect(await bob.receive()).toMatchObject({ payload: 'last' });
    await wire.waitForClose();
  });

  it('has the list of Firefox in Connection', () => expect(UPGRADE_LINES).toContain('Connection: keep-alive, Upgrade'));
});
