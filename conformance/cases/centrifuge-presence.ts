import { assertEqual, assertMembers } from '../assertions.ts';
import { cases } from '../case.ts';
import { CentrifugeClient } from '../centrifuge-client.ts';
import type { Frame } from '../client/peer-client.ts';
import { uniqueName, type Fixture } from '../fixture.ts';
import { NotTestable } from '../outcomes.ts';

const NOT_AVAILABLE = 108;
const SETUP = { setup: 'centrifuge' } as const;

type Clients = Readonly<Record<string, { readonly client?: unknown; readonly user?: unknown }>>;

/** CF10: presence, where a server has it. */
export const CENTRIFUGE_PRESENCE_CASES = cases([
  {
    ...{ id: 'CF10.clients', severity: 'recommended', ...SETUP },
    title: 'Ann and Bob subscribe to a channel, and Ann asks for its presence',
    expected: 'both clients, each under its id, with this id and a user',
    async run(scene) {
      const channel = uniqueName('channel');
      const [ann, first] = await connect(scene, 'ann', channel);
      const [, second] = await connect(scene, 'bob', channel);
      const clients = await presenceOf(ann, channel);
      assertEqual('the ids', Object.keys(clients).sort(), [first, second].sort());
      for (const id of [first, second]) {
        assertMembers('a client', clients[id], { client: id });
        assertEqual('the type of a user', typeof clients[id]?.user, 'string');
      }
    },
  },
  {
    ...{ id: 'CF10.stats', severity: 'recommended', ...SETUP },
    title: 'Ann and Bob subscribe to a channel, and Ann asks for its presence_stats',
    expected: 'two clients',
    async run(scene) {
      const channel = uniqueName('channel');
      const [ann] = await connect(scene, 'ann', channel);
      await connect(scene, 'bob', channel);
      const reply = available(await ann.call('presence_stats', { channel }));
      assertMembers('the reply', reply['presence_stats'], { num_clients: 2 });
    },
  },
  {
    ...{ id: 'CF10.unsubscribed', severity: 'recommended', ...SETUP },
    title: 'Bob subscribes to the channel of Ann and unsubscribes, and Eve subscribes and disconnects; Ann asks for its presence',
    expected: 'Ann only',
    async run(scene) {
      const channel = uniqueName('channel');
      const [ann, id] = await connect(scene, 'ann', channel);
      const [bob] = await connect(scene, 'bob', channel);
      await bob.call('unsubscribe', { channel });
      const [eve] = await connect(scene, 'eve', channel);
      await eve.socket.close();
      assertEqual('the ids', Object.keys(await presenceOf(ann, channel)), [id]);
    },
  },
  {
    ...{ id: 'CF10.join-leave', severity: 'recommended', ...SETUP },
    title: 'Ann subscribes with join_leave; Bob subscribes and unsubscribes',
    expected: 'pushes for her own join, for the join of Bob, and for his leave',
    async run(scene) {
      const channel = uniqueName('channel');
      const [ann, first] = await connect(scene, 'ann');
      available(await ann.call('presence', { channel }));
      await ann.call('subscribe', { channel, join_leave: true });
      const [bob, second] = await connect(scene, 'bob', channel);
      await bob.call('unsubscribe', { channel });
      const events = [await nextChange(ann), await nextChange(ann), await nextChange(ann)];
      assertEqual('the pushes', events, [
        [channel, 'join', first],
        [channel, 'join', second],
        [channel, 'leave', second],
      ]);
    },
  },
]);

/** A client that is connected and subscribed, and its id. */
async function connect(scene: Fixture, name: string, ...channels: readonly string[]): Promise<[CentrifugeClient, string]> {
  const client = await CentrifugeClient.open(scene, name);
  const reply = (await client.call('connect', {}))['connect'] as { readonly client?: unknown } | undefined;
  for (const channel of channels) await client.call('subscribe', { channel });
  return [client, String(reply?.client)];
}

async function presenceOf(client: CentrifugeClient, channel: string): Promise<Clients> {
  const reply = available(await client.call('presence', { channel }))['presence'] as { readonly presence?: Clients } | undefined;
  return reply?.presence ?? {};
}

/** The next push about a client. */
async function nextChange(client: CentrifugeClient): Promise<readonly unknown[]> {
  for (;;) {
    const push = (await client.receive())['push'] as Readonly<Record<string, { readonly info?: { readonly client?: unknown } }>>;
    for (const name of ['join', 'leave']) {
      if (push?.[name] !== undefined) return [push['channel'], name, push[name].info?.client];
    }
  }
}

/** @throws NotTestable if the server has no presence */
function available(reply: Frame): Frame {
  const { code } = (reply['error'] ?? {}) as { readonly code?: unknown };
  if (code === NOT_AVAILABLE) throw new NotTestable('requires a server with presence');
  return reply;
}
