import { cases, type CaseDraft } from '../case.ts';
import { assertEqual, assertThat } from '../assertions.ts';
import { uniqueName } from '../fixture.ts';
import { binaryPush, SupabaseClient } from '../supabase-client.ts';

const SETUP = { setup: 'supabase' } as const;

/** Frames that are no message. */
const UNREADABLE: Readonly<Record<string, string | Uint8Array>> = {
  'no-json': 'hello',
  'half-json': '["1","2","realtime:a","broadcast",',
  'short-list': '["1","2","realtime:a"]',
  'number-as-topic': '[null,"2",1,"broadcast",{}]',
  'short-bytes': Uint8Array.of(3, 200, 200, 200, 200),
  'other-bytes': Uint8Array.of(9, 9, 9, 9, 9, 9, 9, 9),
  'half-json-bytes': binaryPush(['1', '2', 'realtime:a', 'note'], '{"a":'),
};

/** SB2, SB15, SB16: frames that a server can't use. */
export const SUPABASE_BOUND_CASES = cases([
  ...Object.entries(UNREADABLE).map(([name, frame]): CaseDraft => ({
    ...{ id: `SB2.${name}`, severity: 'hardening', pace: 'alone', ...SETUP },
    title: `Ann sends a frame that is no message: ${name}`,
    expected: 'other clients are not affected',
    async run(scene) {
      const channel = uniqueName('channel');
      const [bob, eve] = [await SupabaseClient.join(scene, 'bob', channel), await SupabaseClient.join(scene, 'eve', channel)];
      const ann = await SupabaseClient.join(scene, 'ann', channel);
      if (typeof frame === 'string') ann.socket.sendText(frame);
      else ann.socket.sendBytes(frame);
      await ann.socket.waitUntilReadOrClosed();
      assertEqual('broadcasts to Bob', await bob.broadcastsBeforeMarker(eve, channel), []);
    },
  })),
  {
    ...{ id: 'SB15.recovers', severity: 'recommended', pace: 'alone', ...SETUP },
    title: 'Ann sends one frame that is no message, then joins a channel',
    expected: 'she joins: one fault does not end all of her channels',
    async run(scene) {
      const ann = await SupabaseClient.join(scene, 'ann', uniqueName('channel'));
      ann.socket.sendText('hello');
      await ann.join(uniqueName('channel'));
    },
  },
  {
    ...{ id: 'SB16.long-name', severity: 'recommended', ...SETUP },
    title: 'Ann joins a channel of 246 bytes, and one of 247',
    expected: 'a channel, and an error: a binary frame has one byte for the length of its topic',
    async run(scene) {
      const ann = await SupabaseClient.join(scene, 'ann', uniqueName('a').padEnd(246, 'a'));
      const { payload } = await ann.call('a'.repeat(247), 'phx_join', { config: {} });
      assertEqual('the status', payload['status'], 'error');
    },
  },
  {
    ...{ id: 'SB16.storage', severity: 'recommended', ...SETUP },
    title: 'Ann joins with replay',
    expected: 'a reply: an error with a reason, or ok if the server stores broadcasts',
    async run(scene) {
      const ann = await SupabaseClient.open(scene, 'ann');
      const config = { broadcast: { replay: { since: 1 } }, private: true };
      const { payload } = await ann.call(uniqueName('channel'), 'phx_join', { config });
      const { reason } = (payload['response'] ?? {}) as { reason?: unknown };
      assertThat(payload['status'] === 'ok' || typeof reason === 'string', 'a reason was expected');
    },
  },
]);
