import { describe, expect, it } from 'vitest';
import { SupabaseBroker, type JoinConfig, type SupabaseClient } from '../../../../support/supabase-broker.ts';
import { hmacToken, SECRET } from '../../../../support/tokens.ts';

const WATCHES: JoinConfig = { presence: { enabled: true } };

function track(client: SupabaseClient, payload: object, name = 'garden'): SupabaseClient {
  return client.send(name, 'presence', { type: 'presence', event: 'track', payload: { ...payload } });
}

function untrack(client: SupabaseClient, name = 'garden'): SupabaseClient {
  return client.send(name, 'presence', { type: 'presence', event: 'untrack' });
}

/** The events about members, without references. */
function members(client: SupabaseClient): readonly unknown[] {
  return client.received.flatMap(([, , topic, event, payload]) => {
    if (!event.startsWith('presence_')) return [];
    return [[topic, event, JSON.parse(JSON.stringify(payload, (name, value: unknown) => (name === 'phx_ref' ? 0 : value)))]];
  });
}

const meta = (payload: object): object => ({ ...payload, phx_ref: 0 });
const state = (payload: object, name = 'garden'): unknown => [`realtime:${name}`, 'presence_state', payload];
const diff = (joins: object, leaves: object, name = 'garden'): unknown => [
  ...[`realtime:${name}`, 'presence_diff', { joins, leaves }],
];

describe('SB13, T19: the presence of a Supabase client', () => {
  it('is sent to all channels that ask for it, the own one included, behind the reply', () => {
    const broker = new SupabaseBroker();
    const ann = broker.open().join('garden', { presence: { enabled: true, key: 'ann' } });
    const [bob, eve] = [broker.open().join('garden', WATCHES), broker.join('garden')];
    track(ann, { name: 'Ann', at: [1] });
    const change = diff({ ann: { metas: [meta({ name: 'Ann', at: [1] })] } }, {});
    expect(members(ann)).toEqual([state({}), change]);
    expect(members(bob)).toEqual([state({}), change]);
    expect([members(eve), ann.received.at(-2)?.[4]]).toEqual([[], { status: 'ok', response: {} }]);
  });

  it('is in the state that a later channel receives behind its reply', () => {
    const broker = new SupabaseBroker();
    for (const key of ['ann', 'ann', '__proto__']) track(broker.open().join('garden', { presence: { key } }), { n: 1 });
    const eve = broker.open().join('garden', WATCHES);
    expect(eve.received.map(([, , , event]) => event)).toEqual(['phx_reply', 'presence_state']);
    const { ann, ...others } = (eve.last?.[4] ?? {}) as Record<string, { metas: object[] }>;
    expect([ann?.metas.length, Object.keys(others)]).toEqual([2, ['__proto__']]);
  });

  it('ends with untrack, with the channel, and with the connection', () => {
    const broker = new SupabaseBroker();
    const ann = broker.open().join('garden', WATCHES);
    const bobs = ['b1', 'b2', 'b3'].map((key) => track(broker.open().join('garden', { presence: { key } }), {}));
    const [first, second, third] = bobs as [SupabaseClient, SupabaseClient, SupabaseClient];
    untrack(untrack(first));
    second.send('garden', 'phx_leave', {});
    third.client.cut();
    const left = (key: string): unknown => diff({}, { [key]: { metas: [meta({})] } });
    expect(members(ann).slice(4)).toEqual([left('b1'), left('b2'), left('b3')]);
    expect(first.refusals).toEqual([]);
  });

  it('is replaced by a second track, and ended by a second join', () => {
    const broker = new SupabaseBroker();
    const ann = broker.open().join('garden', WATCHES);
    const bob = track(track(broker.open().join('garden', { presence: { key: 'bob' } }), { n: 1 }), { n: 2 });
    const bobWith = (n: number): object => ({ bob: { metas: [meta({ n })] } });
    expect(members(ann).slice(1)).toEqual([diff(bobWith(1), {}), diff(bobWith(2), bobWith(1))]);
    bob.join('garden');
    expect(members(ann).at(-1)).toEqual(diff({}, bobWith(2)));
  });

  it('has a reference of the broker, in place of one in the payload, and the id of the connection as its key', () => {
    const broker = new SupabaseBroker();
    const ann = broker.open().join('garden', WATCHES);
    track(ann, { phx_ref: 'forged' });
    const { joins } = (ann.last?.[4] ?? { joins: {} }) as { joins: Record<string, { metas: { phx_ref: string }[] }> };
    expect(Object.keys(joins)).toEqual(['id1']);
    expect(joins['id1']?.metas[0]?.phx_ref).toMatch(/^id\d+$/);
  });

  it('has the form of version 1.0.0, and the name by which a client joined', () => {
    const broker = new SupabaseBroker({ supabasePrefixes: ['p:'] });
    const ann = broker.open('vsn=1.0.0', 1).join('p:garden', WATCHES);
    track(broker.open().join('garden', { presence: { key: 'bob' } }), {});
    expect(members(ann)).toEqual([state({}, 'p:garden'), diff({ bob: { metas: [meta({})] } }, {}, 'p:garden')]);
  });

  it('is refused beyond presence_members and presence_bytes, for another event, and for a payload that is no object', () => {
    const broker = new SupabaseBroker({ presenceMembers: 1, presenceBytes: 60 });
    const [ann, bob] = [broker.join('garden'), broker.join('garden')];
    track(track(ann, {}), { name: 'a'.repeat(60) });
    track(bob, {}).send('garden', 'presence', { type: 'presence', event: 'dance', payload: {} });
    bob.send('garden', 'presence', { type: 'presence', event: 'track', payload: [1] as never }).send('garden', 'presence', {});
    expect(ann.refusals).toEqual(['The presence is too large']);
    const actions = 'A presence message has the event track or untrack';
    expect(bob.refusals).toEqual(['Too many presences', actions, 'A presence is an object', actions]);
  });

  it('is not available if presence_members is 0', () => {
    const ann = new SupabaseBroker({ presenceMembers: 0 }).open().join('garden', WATCHES);
    track(ann, {});
    expect([members(ann), ann.refusals]).toEqual([[], ['presence is not available: presence_members is 0']]);
  });

  it('T19: needs the right to publish; MER7: is another one in a private channel', () => {
    const broker = new SupabaseBroker({ mercurePublisherKey: SECRET, mercureSubscriberKey: SECRET });
    const full = hmacToken({ mercure: { publish: ['*'], subscribe: ['*'] } });
    const reader = hmacToken({ mercure: { subscribe: ['*'] } });
    const ann = track(broker.open().join('garden', { ...WATCHES, private: true }, full), { n: 1 });
    const bob = track(broker.open().join('garden', WATCHES, reader), {});
    expect([members(ann).length, members(bob)]).toEqual([2, [state({})]]);
    expect(bob.refusals).toEqual([expect.stringMatching(/^Unauthorized: You do not have permissions to track/)]);
  });

  it('T12: clients of Centrifuge and of Supabase see each other', () => {
    const broker = new SupabaseBroker({ dialects: ['supabase', 'centrifuge'] });
    const ann = broker.open().join('garden', { presence: { enabled: true, key: 'ann' } });
    track(ann, { n: 1 });
    const bob = broker.transport.connect({ path: '/connection/websocket' });
    for (const [name, more] of [
      ['connect', {}],
      ['subscribe', { data: { n: 2 } }],
      ['presence', {}],
    ] as const) {
      bob.send(JSON.stringify({ id: 1, [name]: { channel: 'garden', ...more } }));
    }
    const { client } = (JSON.parse(bob.received[0] ?? '') as { connect: { client: string } }).connect;
    expect(members(ann).at(-1)).toEqual(diff({ [client]: { metas: [meta({ n: 2 })] } }, {}));
    expect(JSON.parse(bob.received.at(-1) ?? '')).toEqual({
      id: 1,
      presence: {
        presence: { id1: { user: '', client: 'id1', chan_info: { n: 1 } }, [client]: { user: '', client, chan_info: { n: 2 } } },
      },
    });
  });
});
