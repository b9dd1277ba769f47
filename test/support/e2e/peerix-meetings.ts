import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ScriptPages, type ScriptPage } from './script-pages.ts';
import { SIGNALBOX_NODE, SIGNALBOX_UWS, type ServerKind } from './server-kinds.ts';
import { uniqueName } from './server-client.ts';
import { Server } from './server.ts';

const OPTIONS = {
  ...{ dialects: ['peerjs', 'mercure', 'socketio', 'centrifuge', 'nats', 'supabase', 'mqtt'], mercure_open: true },
  ...{ http_rate_limit: 0, messages_per_second: 10_000, message_burst: 10_000 },
};
/** All remainders of base64, and sizes around those of messages, frames and buffers. */
const SIZES = [
  ...[1, 2, 3, 4, 5, 41, 90, 125, 126, 127, 255, 256, 257, 500, 1_000, 1_023, 1_024, 4_095, 4_096, 10_000],
  ...[16_384, 20_000, 32_767, 40_000, 50_000, 59_999, 60_000],
];

/** The endpoint of each driver. `mqtt` has version 5.0, and `mqtt3` version 3.1.1. */
const ENDPOINTS = {
  sse: (place: string) => `http://${place}/.well-known/mercure`,
  socketio: (place: string) => `http://${place}`,
  centrifuge: (place: string) => `ws://${place}/connection/websocket`,
  nats: (place: string) => `ws://${place}/nats`,
  supabase: (place: string) => `http://${place}`,
  mqtt: (place: string) => `ws://${place}/mqtt`,
  mqtt3: (place: string) => `ws://${place}/mqtt`,
} as const;

/** A driver of Peerix. */
export type PeerixWire = keyof typeof ENDPOINTS;

type Wires = readonly [PeerixWire, PeerixWire];

export interface PeerixMeetings {
  readonly wire: string;
  /** The ids of the rules. */
  readonly rules: string;
  /** The drivers of two tabs that exchange bytes. */
  readonly exchanges: readonly Wires[];
  /** The drivers of two tabs that connect. The first tab announces itself; on node, the second one. */
  readonly connections: readonly Wires[];
}

/** Each pair exchanges bytes on one transport, and connects on the other one. The soak swaps the transports. */
const IN_TEST = { exchangeOn: SIGNALBOX_UWS, connectOn: SIGNALBOX_NODE };
export const SWAPPED = { exchangeOn: SIGNALBOX_NODE, connectOn: SIGNALBOX_UWS };

/** Tabs with the protocol of Peerix in Chromium. One of them has the client library of the wire. */
export function describePeerixMeetings({ wire, rules, exchanges, connections }: PeerixMeetings, transports = IN_TEST): void {
  const { exchangeOn, connectOn } = transports;
  describe(`Peerix over ${wire}`, () => {
    let pages: ScriptPages;
    let tabs: [ScriptPage, ScriptPage];
    beforeAll(async () => {
      pages = await ScriptPages.start('peerix.js');
      tabs = await Promise.all([pages.openPage(), pages.openPage()]);
    });
    afterAll(() => pages.stop());

    /** Both tabs, with nothing left of an earlier test, in one namespace. */
    async function join(server: Server, wires: readonly PeerixWire[]): Promise<[ScriptPage, ScriptPage]> {
      await Promise.all(tabs.map((tab) => tab.reload()));
      const namespace = uniqueName('namespace');
      for (const [index, tab] of tabs.entries()) {
        const driver = wires[index] ?? 'sse';
        await tab.call('join', driver, ENDPOINTS[driver](`${server.host}:${server.port}`), namespace);
      }
      return tabs;
    }

    describe(`on ${exchangeOn.name}`, () => {
      const server = startServer(exchangeOn);
      it.each(exchanges)(
        `${rules}: %s and %s exchange bytes of 1 to 60,000 both ways, each once and in order`,
        async (...wires) => {
          const [ann, bob] = await join(server(), wires);
          for (const [publisher, receiver] of [
            [ann, bob],
            [bob, ann],
          ] as const) {
            for (const tab of [ann, bob]) await tab.call('collect');
            await publisher.call('publishBytes', SIZES);
            await receiver.waitFor('hasCollected', SIZES.length);
            expect(await receiver.call('collected')).toEqual(SIZES);
          }
        },
      );
    });

    describe(`on ${connectOn.name}`, () => {
      const server = startServer(connectOn);
      const isReversed = connectOn === SIGNALBOX_NODE;
      const ordered = connections.map(([first, second]): Wires => (isReversed ? [second, first] : [first, second]));
      it.each(ordered)(`${rules}: a tab on %s and a tab on %s exchange offer, answer and candidates`, async (...wires) => {
        const [ann, bob] = await join(server(), wires);
        await ann.call('announce');
        for (const tab of [ann, bob]) await tab.waitFor('isConnected');
        await ann.call('send', 'hello');
        await bob.waitFor('received', 'hello');
      });
    });
  });
}

/** Starts a broker before the tests of a suite, and stops it afterwards. */
function startServer(kind: ServerKind): () => Server {
  let server: Server;
  beforeAll(async () => {
    server = await Server.start({ kind, options: OPTIONS });
  });
  afterAll(async () => void (await server.stop()));
  return () => server;
}
