import { createClient } from '@supabase/supabase-js';

/**
 * Makes the same calls as Peerix' driver for Supabase: a channel for each namespace, and each message on all of them. The
 * namespace is in the payload.
 */
export class SupabaseDriver {
  onmessage = () => undefined;
  #client;
  #prefix;
  #channels = new Map();

  /** @param url of the project. */
  constructor(url, prefix = '') {
    this.#client = createClient(url, 'anon');
    this.#prefix = prefix;
  }

  /** Resolves when the channel is joined. */
  async subscribe(namespace) {
    const channel = this.#client.channel(this.#prefix + namespace);
    channel.on('broadcast', { event: 'message' }, ({ payload: [, data] }) => this.onmessage(Uint8Array.from(data)));
    await new Promise((resolve, reject) => {
      channel.subscribe((status, error) => (status === 'SUBSCRIBED' ? resolve() : reject(error ?? new Error(status))));
    });
    this.#channels.set(namespace, channel);
  }

  async publish(namespace, bytes) {
    for (const channel of this.#channels.values()) {
      await channel.send({ type: 'broadcast', event: 'message', payload: [namespace, [...bytes]] });
    }
  }

  close() {
    void this.#client.removeAllChannels();
  }
}
