import { SocketIoDriver } from '../peerix/socketio-driver.js';
import { SseDriver } from '../peerix/sse-driver.js';

/* Two pages meet in a namespace, as peers of Peerix do: one announces itself, the other offers; each ignores its own messages. */

const DRIVERS = { sse: (url) => new SseDriver(url), socketio: (url) => new SocketIoDriver(url) };

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

globalThis.stage = {
  async join(kind, url, room) {
    namespace = room;
    driver = DRIVERS[kind](url);
    let before = Promise.resolve();
    driver.onmessage = (bytes) => {
      before = before.then(() => receive(JSON.parse(decoder.decode(bytes)))).catch((error) => void events.push(String(error)));
    };
    await driver.subscribe(namespace);
  },
  announce: () => publish('announce'),
  isConnected: () => channel?.readyState === 'open',
  send: (text) => channel.send(text),
  received: (text) => received.includes(text),
  events: () => events,
};
