import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Fixture } from '../../../conformance/fixture.ts';
import { profileOf } from '../../../conformance/profile.ts';
import { postBroadcast, SupabaseClient, supabaseTarget } from '../../../conformance/supabase-client.ts';
import { ConformingSupabase } from '../../conformance/topics/conforming-supabase.ts';

describe('the Supabase client', () => {
  let server: ConformingSupabase;
  let fixture: Fixture;
  beforeEach(async () => {
    server = new ConformingSupabase({});
    const address = { host: '127.0.0.1', port: await server.start(), secure: false, trustsAnyCertificate: false };
    fixture = new Fixture(profileOf(address, {}, 500));
  });
  afterEach(() => {
    void fixture.close();
    server.stop();
  });

  it('SB3, SB8, SB9: joins channels, and receives all broadcasts before a marker', async () => {
    expect(supabaseTarget(fixture, '/websocket')).toBe('/realtime/v1/websocket');
    const [ann, bob] = [
      await SupabaseClient.join(fixture, 'ann', 'garden', 'house'),
      await SupabaseClient.join(fixture, 'bob', 'garden', 'house'),
    ];
    bob.broadcast('garden', 'note', { n: 1 });
    bob.broadcastBinary('house', 'note', '{"n":2}');
    bob.broadcastBinary('house', 'bytes', Uint8Array.of(1, 2));
    expect(await ann.broadcastsBeforeMarker(bob, 'house')).toEqual([
      ['garden', 'note', { n: 1 }],
      ['house', 'note', { n: 2 }],
      ['house', 'bytes', [1, 2]],
    ]);
  });

  it('SB2: reads and writes version 1.0.0', async () => {
    const ann = await SupabaseClient.open(fixture, 'ann', '1.0.0');
    await ann.join('garden', { broadcast: { self: true } });
    expect(await ann.broadcastsBeforeMarker(ann, 'garden')).toEqual([]);
  });

  it('SB10: keeps broadcasts before a reply', async () => {
    const ann = await SupabaseClient.open(fixture, 'ann');
    await ann.join('garden', { broadcast: { self: true, ack: true } });
    expect(await ann.replyTo(ann.broadcast('garden', 'note', 7))).toMatchObject({ payload: { status: 'ok' } });
    expect(await ann.receive()).toMatchObject({ event: 'broadcast', payload: { payload: 7 } });
  });

  it('SB11: sends broadcasts by HTTP', async () => {
    const [ann, bob] = [await SupabaseClient.join(fixture, 'ann', 'garden'), await SupabaseClient.join(fixture, 'bob', 'garden')];
    expect((await postBroadcast(fixture, '/garden/events/note', '{"n":1}')).status).toBe(202);
    expect(await ann.broadcastsBeforeMarker(bob, 'garden')).toEqual([['garden', 'note', { n: 1 }]]);
  });

  it('SB5: fails if a join is refused', async () => {
    await expect(SupabaseClient.join(fixture, 'ann', 'a'.repeat(250))).rejects.toThrow('the reply to the join: expected');
  });
});
