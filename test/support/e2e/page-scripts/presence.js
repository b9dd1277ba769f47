import { createClient } from '@supabase/supabase-js';
import { Centrifuge } from 'centrifuge';

/* A page with presence in one channel, over the official client of Supabase or Centrifuge. */

const events = [];
let wire;

/** Tracks a payload under a key, and follows those of others. */
class SupabasePresence {
  #channel;

  constructor(url, channel, key) {
    this.#channel = createClient(url, 'anon').channel(channel, { config: { presence: { key } } });
    this.#channel.on('presence', { event: 'join' }, ({ key: who, newPresences }) => note('join', who, newPresences));
    this.#channel.on('presence', { event: 'leave' }, ({ key: who, leftPresences }) => note('leave', who, leftPresences));
  }

  join() {
    return new Promise((resolve, reject) => {
      this.#channel.subscribe((status, error) => (status === 'SUBSCRIBED' ? resolve() : reject(error ?? new Error(status))));
    });
  }

  track(payload) {
    return this.#channel.track(payload);
  }

  untrack() {
    return this.#channel.untrack();
  }

  /** Payloads by key. */
  members() {
    const entries = Object.entries(this.#channel.presenceState());
    return Object.fromEntries(entries.map(([key, presences]) => [key, presences.map(payloadOf)]));
  }
}

/** A subscription whose data is the connection info that others see. */
class CentrifugePresence {
  #client;
  #subscription;

  constructor(url, channel, data) {
    this.#client = new Centrifuge(url);
    this.#client.connect();
    this.#subscription = this.#client.newSubscription(channel, { joinLeave: true, data });
    this.#subscription.on('join', ({ info }) => void events.push(['join', info.chanInfo]));
    this.#subscription.on('leave', ({ info }) => void events.push(['leave', info.chanInfo]));
  }

  join() {
    this.#subscription.subscribe();
    return this.#subscription.ready();
  }

  leave() {
    this.#subscription.unsubscribe();
  }

  /** The connection infos, sorted as JSON. A client need not be subscribed. */
  async members() {
    const { clients } = await this.#client.presence(this.#subscription.channel);
    const infos = Object.values(clients).map(({ chanInfo }) => chanInfo);
    return infos.sort((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1));
  }
}

function note(what, key, presences) {
  for (const presence of presences) events.push([what, key, payloadOf(presence)]);
}

/** Without the reference that the broker adds. */
function payloadOf({ presence_ref: _, ...payload }) {
  return payload;
}

globalThis.stage = {
  async joinSupabase(url, channel, key) {
    wire = new SupabasePresence(url, channel, key);
    await wire.join();
  },
  async joinCentrifuge(url, channel, data) {
    wire = new CentrifugePresence(url, channel, data);
    await wire.join();
  },
  track: (payload) => wire.track(payload),
  untrack: () => wire.untrack(),
  leave: () => wire.leave(),
  members: () => wire.members(),
  events: () => events,
  hasMembers: async (expected) => JSON.stringify(await wire.members()) === JSON.stringify(expected),
  hasEvents: (count) => events.length >= count,
};
