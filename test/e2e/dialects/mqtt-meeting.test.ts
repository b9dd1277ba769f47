import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Server } from '../../support/e2e/server.ts';
import { SIGNALBOX_NODE, SIGNALBOX_UWS } from '../../support/e2e/server-kinds.ts';
import { ScriptPages } from '../../support/e2e/script-pages.ts';
import { uniqueName } from '../../support/e2e/server-client.ts';

/* Tabs with the protocol of Peerix in Chromium, one of them with MQTT.js. */

const OPTIONS = {
  ...{ dialects: ['peerjs', 'mercure', 'socketio', 'centrifuge', 'nats', 'mqtt'], mercure_open: true, http_rate_limit: 0 },
  ...{ messages_per_second: 10_000, message_burst: 10_000 },
};
/** All remainders of base64, and sizes around those of messages, frames and buffers. */
const SIZES = [
  ...[1, 2, 3, 4, 5, 41, 90, 125, 126, 127, 255, 256, 257, 500, 1_000, 1_023, 1_024, 4_095, 4_096, 10_000],
  ...[16_384, 20_000, 32_767, 40_000, 50_000, 59_999, 60_000],
];

type Wire = 'mqtt' | 'mqtt3' | 'sse' | 'socketio' | 'centrifuge' | 'nats';

describe.each([SIGNALBOX_UWS, SIGNALBOX_NODE])('Peerix over MQTT on $name', (kind) => {
  let server: Server;
  let pages: ScriptPages;
  beforeAll(async () => {
    server = await Server.start({ kind, options: OPTIONS });
    pages = await ScriptPages.start('peerix.js');
  });
  afterAll(async () => {
    await pages.stop();
    await server.stop();
  });

  function urlOf(wire: Wire): string {
    const place = `${server.host}:${server.port}`;
    if (wire === 'mqtt' || wire === 'mqtt3') return `ws://${place}/mqtt`;
    if (wire === 'nats') return `ws://${place}/nats`;
    if (wire === 'centrifuge') return `ws://${place}/connection/websocket`;
    return wire === 'sse' ? `http://${place}/.well-known/mercure` : `http://${place}`;
  }

  it.each([
    ['mqtt', 'sse'],
    ['mqtt', 'socketio'],
    ['mqtt', 'centrifuge'],
    ['mqtt', 'nats'],
    ['mqtt', 'mqtt3'],
  ] as const)('MQ23: %s and %s exchange bytes of 1 to 60,000 both ways, each once and in order', async (one, other) => {
    const [ann, bob] = await Promise.all([pages.openPage(), pages.openPage()]);
    const namespace = uniqueName('namespace');
    await ann.call('join', one, urlOf(one), namespace);
    await bob.call('join', other, urlOf(other), namespace);
    for (const tab of [ann, bob]) await tab.call('collect');
    await ann.call('publishBytes', SIZES);
    await bob.waitFor('hasCollected', SIZES.length);
    expect(await bob.call('collected')).toEqual(SIZES);
    for (const tab of [ann, bob]) await tab.call('collect');
    await bob.call('publishBytes', SIZES);
    await ann.waitFor('hasCollected', SIZES.length);
    expect(await ann.call('collected')).toEqual(SIZES);
    await Promise.all([ann.close(), bob.close()]);
  });

  it.each([
    ['mqtt', 'sse'],
    ['sse', 'mqtt3'],
    ['mqtt', 'socketio'],
    ['mqtt3', 'centrifuge'],
    ['nats', 'mqtt'],
    ['mqtt', 'mqtt'],
  ] as const)('MQ23: a tab on %s and a tab on %s exchange offer, answer and candidates', async (one, other) => {
    const [ann, bob] = await Promise.all([pages.openPage(), pages.openPage()]);
    const namespace = uniqueName('namespace');
    await ann.call('join', one, urlOf(one), namespace);
    await bob.call('join', other, urlOf(other), namespace);
    await ann.call('announce');
    for (const tab of [ann, bob]) await tab.waitFor('isConnected');
    await ann.call('send', 'hello');
    await bob.waitFor('received', 'hello');
    await Promise.all([ann.close(), bob.close()]);
  });
});
