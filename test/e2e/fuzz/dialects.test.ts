import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PeerSocket } from '../../support/e2e/peer-socket.ts';
import { Server } from '../../support/e2e/server.ts';
import { SIGNALBOX_NODE, SIGNALBOX_UWS } from '../../support/e2e/server-kinds.ts';
import { uniqueName } from '../../support/e2e/server-client.ts';
import { damaged, handshake, nested } from './inputs.ts';
import { search } from './search.ts';

const OPTIONS = {
  ...{
    dialects: ['peerjs', 'mercure', 'socketio', 'centrifuge', 'nats', 'supabase', 'mqtt', 'peero', 'relay'],
    mercure_open: true,
    legacy_xhr: true,
  },
  ...{ drain_timeout: 500, log_level: 'error', malformed_limit: 1_000_000, alive_timeout: 3_600_000 },
  ...{ messages_per_second: 1_000_000, message_burst: 1_000_000, http_rate_limit: 0 },
  ...{ max_message_bytes: 65_536, max_url_bytes: 512, max_header_bytes: 2_048 },
};

const HUB = '/.well-known/mercure';
const FRAMES: Readonly<Record<string, readonly string[]>> = {
  '/relay': [
    '{"type":"subscribe","topics":["a","b"]}',
    '{"type":"subscribe","topic":"a"}',
    '{"type":"unsubscribe","topics":["a"]}',
    '{"type":"publish","topic":"a","data":{"b":[1,2]}}',
    '{"type":"publish","topic":"a","payload":"{}"}',
    '{"type":"ping"}',
  ],
  '/peero': [
    '{"type":"offer","signal":{"sdp":"v=0"}}',
    '{"type":"answer","peer":"someone","signal":{"sdp":"v=0"}}',
    '{"type":"candidate","peer":"someone","signal":null}',
    '{"type":"heartbeat"}',
    '{"type":"leave"}',
  ],
  '/connection/websocket': [
    '{"subscribe":{"channel":"a","flag":1},"id":2}',
    '{"subscribe":{"channel":"b","recover":true,"offset":1,"epoch":"x"},"id":3}\n{}',
    '{"publish":{"channel":"a","data":{"b":[1,2]}},"id":4}\n{"publish":{"channel":"a","data":[1,2,255]},"id":5}\n',
    '{"unsubscribe":{"channel":"a"},"id":6}',
    '{"subscribe":{"channel":"a","join_leave":true,"data":{"b":[1]}},"id":11}\n{"presence_stats":{"channel":"a"},"id":12}',
    '{"presence":{"channel":"a"},"id":7}\n{"history":{"channel":"a","limit":1},"id":8}',
    '{"refresh":{"token":"a.b.c"},"id":9}',
    '{"connect":{"name":"js"},"id":10}',
    '{"send":{"data":1}}',
  ],
  '/nats': [
    'SUB a 1\r\nSUB a.* 2\r\nSUB > 3\r\n',
    'PUB a reply 2\r\nhi\r\nPING\r\n',
    'HPUB a.b 12 14\r\nNATS/1.0\r\n\r\nhi\r\n',
    'UNSUB 1 2\r\nUNSUB 2\r\nPONG\r\n',
    'CONNECT {"verbose":true,"echo":false}\r\n',
    'PUB a 100000\r\nabc',
    'SUB a g 4\r\nPUB $SYS.a 0\r\n\r\n',
  ],
  '/realtime/v1/websocket?apikey=a&vsn=2.0.0': [
    '["2","2","realtime:b","phx_join",{"config":{"broadcast":{"ack":true,"self":true},"private":true},"access_token":"a.b.c"}]',
    '["1","3","realtime:a","broadcast",{"type":"broadcast","event":"message","payload":["b",[1,2,255]]}]',
    '["1","4","realtime:a","broadcast",{"type":"broadcast","event":"note","payload":{"a":[1,2]}}]',
    '\x03\x01\x01\x0a\x04\x00\x0115realtime:anote{"a":1}',
    '["1","6","realtime:a","access_token",{"access_token":"d.e.f"}]',
    '["11","11","realtime:c","phx_join",{"config":{"presence":{"key":"ann","enabled":true}}}]',
    '["11","12","realtime:c","presence",{"type":"presence","event":"track","payload":{"a":[1],"phx_ref":"b"}}]',
    '["11","13","realtime:c","presence",{"type":"presence","event":"untrack"}]',
    '["1","7","realtime:a","presence",{"type":"presence","event":"track","payload":{}}]',
    '["1","8","realtime:a","phx_leave",{}]',
    '[null,"9","phoenix","heartbeat",{}]',
    '{"topic":"realtime:a","event":"phx_join","payload":{"config":{}},"ref":"10","join_ref":"10"}',
  ],
  '/socket.io/?EIO=4&transport=websocket': [
    '40',
    '420["peerix:subscribe","a"]',
    '421["unsubscribe","a"]',
    '422["publish","a",[1,2,255]]',
    '42["peerix:dispatch","a",[]]',
    '451-["publish","a",{"_placeholder":true,"num":0}]',
    '42[7,"a"]',
    '41',
    '2probe',
    '3',
  ],
};
/** Packets of MQTT in hexadecimal digits. */
const MQTT_PACKETS = [
  ...[
    '82060001000161 00',
    '82090002000461 2f2b2f00',
    'a20500030001 61',
    '3004000161 78',
    '32060001610004 78',
    '34060001610005 78',
  ],
  ...['62020005', 'c000', '31040001617a', '3009000161050200000009', 'e000', '40020001'],
].map((digits) => digits.replaceAll(' ', ''));
/** The first frame of a client, behind which the others are read. */
const FIRST_FRAMES: Readonly<Record<string, string>> = {
  '/realtime/v1/websocket?apikey=a&vsn=2.0.0': '["1","1","realtime:a","phx_join",{}]',
  '/connection/websocket': '{"connect":{},"id":1}',
  '/nats': 'CONNECT {"verbose":false,"headers":true,"no_responders":true}\r\n',
};
const FORMS = [
  'topic=a&data=b',
  'topic=a&topic=b&id=urn:x&type=t&retry=5&private=on',
  'topic=%61%00&data=%ff%fe',
  'data=%0a%0d%0aid%3a+1',
];
const TARGETS = [
  `${HUB}?topic=a`,
  `${HUB}?topic=${encodeURIComponent('http://a.example/{id}{?q*}{/r,s}')}`,
  `${HUB}?match_urlpattern=${encodeURIComponent('https://a.example/:b/*')}&lastEventID=earliest`,
  `${HUB}?topic=*&authorization=a.b.c&key=peerjs`,
  '/socket.io/?EIO=4&transport=polling',
  '/peerjs/ann/token/id?i=1',
];

/** Promise 6, for every dialect: no network input ends the process or interrupts another connection. */
describe.each([SIGNALBOX_UWS, SIGNALBOX_NODE])('fuzzing the dialects of $name', (kind) => {
  let server: Server;
  let ann: PeerSocket;
  let bob: PeerSocket;
  const topic = uniqueName('others');

  beforeAll(async () => {
    server = await Server.start({ kind, options: OPTIONS });
    [ann, bob] = [await server.connectTo('/relay'), await server.connectTo('/relay')];
    for (const one of [ann, bob]) one.send({ type: 'subscribe', topics: [topic] });
  });
  afterAll(async () => {
    const { isRunning, output } = server;
    server.closeAll();
    await server.stop();
    expect(isRunning ? '' : output).toBe('');
  });

  it.each(Object.entries(FRAMES))(
    'REL3, PEO7, SIO4, CF2, NA8, SB2: random frames at %s affect only their sender',
    async (target, texts) => {
      const right = fc.constantFrom(...texts);
      const bytes = fc.uint8Array({ maxLength: 200 });
      const frame = fc.oneof(right, damaged(right.map((text) => Buffer.from(text))), nested(right), bytes);
      const frames = fc.array(fc.record({ frame, isText: fc.boolean() }), { minLength: 1, maxLength: 20 });
      await search(frames, nothing, async (all) => {
        const attacker = await server.connectTo(target);
        const first = FIRST_FRAMES[target];
        if (first !== undefined) attacker.sendText(first);
        for (const { frame: bytes, isText } of all) {
          if (typeof bytes === 'string') attacker.sendText(bytes);
          else if (isText) attacker.sendTextBytes(bytes);
          else attacker.sendBytes(bytes);
        }
        await expectOthersRelay();
        attacker.cut();
      });
    },
  );

  it('MQ12, W1: random packets of MQTT affect only their sender', async () => {
    const right = fc.constantFrom(...MQTT_PACKETS).map((digits) => Buffer.from(digits, 'hex'));
    const frames = fc.array(fc.oneof(right, damaged(right), fc.uint8Array({ maxLength: 200 })), { minLength: 1, maxLength: 20 });
    await search(fc.tuple(fc.constantFrom(4, 5), frames), nothing, async ([version, all]) => {
      const attacker = await server.connectTo('/mqtt');
      attacker.sendBytes(
        Buffer.from(version === 5 ? '100e00044d5154540502003c00000161' : '100d00044d5154540402003c000161', 'hex'),
      );
      for (const bytes of all) attacker.sendBytes(bytes);
      await expectOthersRelay();
      attacker.cut();
    });
  });

  it('MER3, X2: almost valid requests end neither the broker nor a socket', async () => {
    const asked = fc.record({
      method: fc.constantFrom('GET', 'POST', 'POST', 'OPTIONS', 'DELETE'),
      target: fc.constantFrom(...TARGETS),
      body: fc.oneof(fc.constantFrom(...FORMS), fc.string({ maxLength: 100 })),
      header: fc.constantFrom(
        'authorization: Bearer a.b.c',
        'cookie: mercureAuthorization=a',
        'last-event-id: x',
        'origin: null',
      ),
    });
    const right = asked.map(({ method, target, body, header }) =>
      [`${method} ${target} HTTP/1.1`, 'host: a', header, `content-length: ${Buffer.byteLength(body)}`, '', body].join('\r\n'),
    );
    const request = fc.oneof(right, damaged(right.map((text) => Buffer.from(text))));
    await search(fc.array(request, { minLength: 1, maxLength: 12 }), nothing, async (requests) => {
      const wires = requests.map((one) => server.rawConnection().send(one));
      await expectOthersRelay();
      for (const wire of wires) {
        expect(wire.received).not.toContain('HTTP/1.1 500');
        wire.cut();
      }
    });
  });

  it('REL3, SIO4: WebSocket frames with malformed heads close only their own socket', async () => {
    const head = fc.tuple(fc.constantFrom(0x81, 0x82, 0x89, 0x8a, 0x88, 0x01, 0x80, 0xc1, 0x83), fc.nat(255));
    const frame = fc
      .tuple(head, fc.uint8Array({ maxLength: 140 }))
      .map(([bytes, rest]) => Buffer.concat([Buffer.from(bytes), rest]));
    const target = fc.constantFrom(...Object.keys(FRAMES));
    const streams = fc.tuple(target, fc.array(frame, { minLength: 1, maxLength: 10 }));
    await search(streams, nothing, async ([place, frames]) => {
      const wire = server.rawConnection().send(handshake(place));
      await wire.receive(/101/);
      for (const one of frames) wire.send(one);
      await expectOthersRelay();
      wire.cut();
    });
  });

  /** The server is running, and two earlier clients still receive each other's messages. */
  async function expectOthersRelay(): Promise<void> {
    if (!server.isRunning) throw new Error(`the broker has ended (${JSON.stringify(await server.exited)}): ${server.output}`);
    for (const from of [ann, bob]) {
      const word = uniqueName('word');
      from.send({ type: 'publish', topic, word });
      for (const one of [ann, bob]) expect(await one.receive()).toEqual({ type: 'publish', topic, word, clients: 2 });
    }
  }
});

async function nothing(): Promise<void> {}
