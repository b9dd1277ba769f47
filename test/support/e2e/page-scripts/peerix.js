import { SocketIoDriver } from '../peerix/socketio-driver.js';
import { SseDriver } from '../peerix/sse-driver.js';

/* Two who meet in a namespace, as Peerix' peers do: one announces itself, the other offers, and each ignores its own. */

const DRIVERS = { sse: (url) => new SseDriver(url), socketio: (url) => new SocketIoDriver(url) };

const received = [];
const diary = [];
const self = Math.random().toString(36).slice(2);
const encoder = new TextEncoder();
const decoder = new TextDecoder();
let driver;
let namespace;
let connection;
let channel;

function say(what, to, detail) {
  diary.push(`says ${what}`);
  return driver.publish(namespace, encoder.encode(JSON.stringify({ from: self, to, what, detail })));
}

function connect(other) {
  connection = new RTCPeerConnection({ iceServers: [] });
  connection.onicecandidate = ({ candidate }) => candidate && void say('candidate', other, candidate);
  connection.ondatachannel = (event) => use(event.channel);
}

function use(opened) {
  channel = opened;
  channel.onmessage = ({ data }) => received.push(data);
}

async function hear({ from, to, what, detail }) {
  if (from === self || (to !== undefined && to !== self)) return;
  diary.push(`hears ${what}`);
  if (what === 'announce') {
    connect(from);
    use(connection.createDataChannel('words'));
    await connection.setLocalDescription();
    await say('offer', from, connection.localDescription);
  } else if (what === 'offer') {
    connect(from);
    await connection.setRemoteDescription(detail);
    await connection.setLocalDescription();
    await say('answer', from, connection.localDescription);
  } else if (what === 'answer') await connection.setRemoteDescription(detail);
  else await connection.addIceCandidate(detail);
}

globalThis.stage = {
  async join(kind, url, room) {
    namespace = room;
    driver = DRIVERS[kind](url);
    let before = Promise.resolve();
    driver.onmessage = (bytes) => {
      before = before.then(() => hear(JSON.parse(decoder.decode(bytes)))).catch((error) => void diary.push(String(error)));
    };
    await driver.subscribe(namespace);
  },
  announce: () => say('announce'),
  isConnected: () => channel?.readyState === 'open',
  send: (text) => channel.send(text),
  received: (text) => received.includes(text),
  diary: () => diary,
};
