import { CentrifugeDriver } from '../peerix/centrifuge-driver.js';
import { MqttDriver } from '../peerix/mqtt-driver.js';
import { NatsDriver } from '../peerix/nats-driver.js';
import { SocketIoDriver } from '../peerix/socketio-driver.js';
import { SseDriver } from '../peerix/sse-driver.js';
import { SupabaseDriver } from '../peerix/supabase-driver.js';

/* Two pages meet in a namespace, as peers of Peerix do: one announces itself, the other offers; each ignores its own messages. */

const DRIVERS = {
  sse: (url) => new SseDriver(url),
  socketio: (url) => new SocketIoDriver(url),
  centrifuge: (url) => new CentrifugeDriver(url),
  nats: (url) => new NatsDriver(url),
  mqtt: (url) => new MqttDriver(url),
  mqtt3: (url) => new MqttDriver(url, 4),
  supabase: (url) => new SupabaseDriver(url),
};

const received = [];
const events = [];
const self = Math.random().toString(36).slice(2);
const encoder = new TextEncoder();
const decoder = new TextDecoder();
let driver;
let namespace;
let connection;
let channel;

function publish(what, to, detail) {
  events.push(`sends ${what}`);
  return driver.publish(namespace, encoder.encode(JSON.stringify({ from: self, to, what, detail })));
}

function connect(other) {
  connection = new RTCPeerConnection({ iceServers: [] });
  connection.onicecandidate = ({ candidate }) => candidate && void publish('candidate', other, candidate);
  connection.ondatachannel = (event) => use(event.channel);
}

function use(opened) {
  channel = opened;
  channel.onmessage = ({ data }) => received.push(data);
}

async function receive({ from, to, what, detail }) {
  if (from === self || (to !== undefined && to !== self)) return;
  events.push(`receives ${what}`);
  if (what === 'announce') {
    connect(from);
    use(connection.createDataChannel('words'));
    await connection.setLocalDescription();
    await publish('offer', from, connection.localDescription);
  } else if (what === 'offer') {
    connect(from);
    await connection.setRemoteDescription(detail);
    await connection.setLocalDescription();
    await publish('answer', from, connection.localDescription);
  } else if (what === 'answer') await connection.setRemoteDescription(detail);
  else await connection.addIceCandidate(detail);
}

/** The bytes of a test message: the same size has the same bytes in each page. */
function patternOf(size) {
  return Uint8Array.from({ length: size }, (_, at) => (size + at * 7) % 256);
}

let collected = [];

globalThis.stage = {
  /** Collects the sizes of messages from now on. -1 stands for a message with other bytes than those of its size. */
  collect() {
    collected = [];
    driver.onmessage = (bytes) => {
      const expected = patternOf(bytes.length);
      collected.push(bytes.every((byte, at) => byte === expected[at]) ? bytes.length : -1);
    };
  },
  async publishBytes(sizes) {
    for (const size of sizes) await driver.publish(namespace, patternOf(size));
  },
  hasCollected: (count) => collected.length >= count,
  collected: () => collected,
  async join(kind, url, room) {
    namespace = room;
    driver = DRIVERS[kind](url);
    let before = Promise.resolve();
    driver.onmessage = (bytes) => {
      before = before.then(() => receive(JSON.parse(decoder.decode(bytes)))).catch((error) => void events.push(String(error)));
    };
    await driver.subscribe(namespace);
    // A peer joins its own namespace too, on which others send what is for it.
    if (kind === 'supabase') await driver.subscribe(self);
  },
  announce: () => publish('announce'),
  isConnected: () => channel?.readyState === 'open',
  send: (text) => channel.send(text),
  received: (text) => received.includes(text),
  events: () => events,
};
