import { assertEqual, assertMembers, assertThat, formatValue } from '../assertions.ts';
import { cases, type CaseDraft } from '../case.ts';
import { uniqueName, type Fixture } from '../fixture.ts';
import { SupabaseClient, type Message } from '../supabase-client.ts';

const SETUP = { setup: 'supabase' } as const;

type Metas = Readonly<Record<string, { readonly metas?: readonly Readonly<Record<string, unknown>>[] }>>;

/** How the presence of a client ends. */
const ENDS: Readonly<Record<string, (ann: SupabaseClient, channel: string) => unknown>> = {
  untrack: (ann, channel) => ann.call(channel, 'presence', { type: 'presence', event: 'untrack' }),
  leave: (ann, channel) => ann.call(channel, 'phx_leave', {}),
  lost: (ann) => ann.socket.terminate(),
};

/** SB13: presence. */
export const SUPABASE_PRESENCE_CASES = cases([
  {
    ...{ id: 'SB13.state', severity: 'recommended', ...SETUP },
    title: 'Ann joins a channel with presence',
    expected: 'presence_state without any presence, behind the reply',
    async run(scene) {
      const ann = await SupabaseClient.open(scene, 'ann');
      const channel = uniqueName('channel');
      await ann.join(channel, { presence: { enabled: true } });
      const { topic, event, payload } = await ann.receive();
      assertEqual('the next message', [topic, event, payload], [`realtime:${channel}`, 'presence_state', {}]);
    },
  },
  {
    ...{ id: 'SB13.joins', severity: 'recommended', ...SETUP },
    title: 'Ann and Bob join a channel with presence, and Ann tracks hers',
    expected: 'a reply for Ann, and presence_diff for both of them, with her key, her payload and a reference',
    async run(scene) {
      const channel = uniqueName('channel');
      const [ann, bob] = [await watch(scene, 'ann', channel, 'ann'), await watch(scene, 'bob', channel)];
      await track(ann, channel, { n: 1 });
      for (const one of [ann, bob]) {
        const { joins, leaves } = (await nextAbout(one, 'presence_diff')).payload as Readonly<Record<string, Metas>>;
        assertEqual('the keys of joins and leaves', [joins, leaves].map(keysOf), [['ann'], []]);
        assertMembers('the presence', joins?.['ann']?.metas?.[0], { n: 1 });
        assertEqual('the type of phx_ref', typeof joins?.['ann']?.metas?.[0]?.['phx_ref'], 'string');
      }
    },
  },
  {
    ...{ id: 'SB13.late', severity: 'recommended', ...SETUP },
    title: 'Ann tracks her presence, then Bob joins with presence',
    expected: 'presence_state with the presence of Ann',
    async run(scene) {
      const channel = uniqueName('channel');
      await track(await watch(scene, 'ann', channel, 'ann'), channel, { n: 1 });
      const bob = await SupabaseClient.open(scene, 'bob');
      await bob.join(channel, { presence: { enabled: true } });
      const state = (await nextAbout(bob, 'presence_state')).payload as Metas;
      assertMembers('the presence', state['ann']?.metas?.[0], { n: 1 });
    },
  },
  ...Object.entries(ENDS).map(([name, end]): CaseDraft => ({
    ...{ id: `SB13.${name}`, severity: 'recommended', ...SETUP },
    title: `Ann tracks her presence, which ends with ${name}`,
    expected: 'Bob receives presence_diff with her presence among the leaves',
    async run(scene) {
      const channel = uniqueName('channel');
      const [ann, bob] = [await watch(scene, 'ann', channel, 'ann'), await watch(scene, 'bob', channel)];
      await track(ann, channel, { n: 1 });
      await nextAbout(bob, 'presence_diff');
      await end(ann, channel);
      const { leaves } = (await nextAbout(bob, 'presence_diff')).payload as Readonly<Record<string, Metas>>;
      assertMembers('the presence', leaves?.['ann']?.metas?.[0], { n: 1 });
    },
  })),
  {
    ...{ id: 'SB13.again', severity: 'recommended', ...SETUP },
    title: 'Ann tracks her presence twice',
    expected: 'the second presence_diff has the second presence among the joins, and the first one among the leaves',
    async run(scene) {
      const channel = uniqueName('channel');
      const [ann, bob] = [await watch(scene, 'ann', channel, 'ann'), await watch(scene, 'bob', channel)];
      for (const n of [1, 2]) await track(ann, channel, { n });
      await nextAbout(bob, 'presence_diff');
      const { joins, leaves } = (await nextAbout(bob, 'presence_diff')).payload as Readonly<Record<string, Metas>>;
      assertMembers('the presence among the joins', joins?.['ann']?.metas?.[0], { n: 2 });
      assertMembers('the presence among the leaves', leaves?.['ann']?.metas?.[0], { n: 1 });
    },
  },
  {
    ...{ id: 'SB13.shared-key', severity: 'recommended', ...SETUP },
    title: 'Ann and Bob track presences with one key, then Eve joins with presence',
    expected: 'presence_state has two presences under this key, with different references',
    async run(scene) {
      const channel = uniqueName('channel');
      for (const name of ['ann', 'bob']) await track(await watch(scene, name, channel, 'shared'), channel, {});
      const eve = await SupabaseClient.open(scene, 'eve');
      await eve.join(channel, { presence: { enabled: true } });
      const { metas = [] } = ((await nextAbout(eve, 'presence_state')).payload as Metas)['shared'] ?? {};
      const refs = new Set(metas.map(({ phx_ref }) => phx_ref));
      assertThat(refs.size === 2, `two references were expected, got ${formatValue(metas)}`);
    },
  },
  {
    ...{ id: 'SB13.not-asked', severity: 'recommended', ...SETUP },
    title: 'Ann joins a channel without presence, and Bob tracks his',
    expected: 'Ann receives broadcasts only',
    async run(scene) {
      const channel = uniqueName('channel');
      const [ann, bob] = [await SupabaseClient.join(scene, 'ann', channel), await watch(scene, 'bob', channel, 'bob')];
      await track(bob, channel, {});
      bob.broadcast(channel, 'note', {});
      assertEqual('the first event', (await ann.receive()).event, 'broadcast');
    },
  },
]);

/** A client that has joined a channel with presence, and received its state. */
async function watch(scene: Fixture, name: string, channel: string, key = ''): Promise<SupabaseClient> {
  const client = await SupabaseClient.open(scene, name);
  await client.join(channel, { presence: { enabled: true, key } });
  await nextAbout(client, 'presence_state');
  return client;
}

async function track(client: SupabaseClient, channel: string, payload: object): Promise<void> {
  const reply = await client.call(channel, 'presence', { type: 'presence', event: 'track', payload });
  assertMembers('the reply to track', reply.payload, { status: 'ok' });
}

/** The next message with this event. */
async function nextAbout(client: SupabaseClient, event: string): Promise<Message> {
  for (;;) {
    const message = await client.receive();
    if (message.event === event) return message;
  }
}

function keysOf(metas: Metas | undefined): string[] {
  return Object.keys(metas ?? {});
}
