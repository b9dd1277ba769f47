/* The wires with topics, as bytes: how a client connects and subscribes, and how a publication is written and recognised. */
import { Buffer } from 'node:buffer';
import { maskedFrame, TEXT } from './frames.mjs';

const BINARY = 2;
const TOPIC = 'bench';
const DIGITS = 8;
const MARK = '@@';
/** Bytes of a payload. */
const PAYLOAD_BYTES = 300;

const payload = (number) => `${MARK}${String(number).padStart(DIGITS, '0')}`.padEnd(PAYLOAD_BYTES, 'x');
const textFrame = (text) => maskedFrame(Buffer.from(text), TEXT);
const binaryFrame = (...parts) => maskedFrame(Buffer.concat(parts.map((part) => Buffer.from(part))), BINARY);

/** A payload that is text on the wire. */
const AS_TEXT = { mark: MARK, length: MARK.length + DIGITS, numberIn: (found) => Number(found.slice(MARK.length)) };
const codes = (text) => JSON.stringify([...Buffer.from(text)]).slice(1, -1);
/** A payload that is a list of numbers. Each digit and its comma are three characters. */
const AS_NUMBERS = {
  mark: `${codes(MARK)},`,
  length: codes(payload(0).slice(0, MARK.length + DIGITS)).length,
  numberIn: (found) => Number(Buffer.from(JSON.parse(`[${found}]`)).toString().slice(MARK.length)),
};

const MQTT = {
  target: '/mqtt',
  subprotocol: 'mqtt',
  connect: binaryFrame([0x10, 12, 0, 4], 'MQTT', [4, 2, 0, 60, 0, 0]),
  connected: Buffer.from([0x20, 2, 0, 0]),
  subscribe: binaryFrame([0x82, 2 + 2 + TOPIC.length + 1, 0, 1, 0, TOPIC.length], TOPIC, [0]),
  subscribed: Buffer.from([0x90, 3, 0, 1]),
  publish: (number) => {
    const length = 2 + TOPIC.length + PAYLOAD_BYTES;
    return binaryFrame([0x30, (length & 127) | 128, length >> 7, 0, TOPIC.length], TOPIC, payload(number));
  },
  form: AS_TEXT,
};

const NATS = {
  target: '/nats',
  connect: binaryFrame('CONNECT {"verbose":false,"headers":true}\r\nPING\r\n'),
  connected: 'PONG',
  subscribe: binaryFrame(`SUB ${TOPIC} 1\r\nPING\r\n`),
  subscribed: 'PONG',
  publish: (number) => binaryFrame(`PUB ${TOPIC} ${PAYLOAD_BYTES}\r\n${payload(number)}\r\n`),
  form: AS_TEXT,
};

const CENTRIFUGE = {
  target: '/connection/websocket',
  connect: textFrame('{"id":1,"connect":{}}'),
  connected: '"connect"',
  subscribe: textFrame(JSON.stringify({ id: 2, subscribe: { channel: TOPIC } })),
  subscribed: '"id":2',
  publish: (number) => textFrame(JSON.stringify({ id: 3 + number, publish: { channel: TOPIC, data: payload(number) } })),
  form: AS_TEXT,
};

const JOIN = textFrame(JSON.stringify(['1', '1', `realtime:${TOPIC}`, 'phx_join', { config: {} }]));
const SUPABASE = {
  target: '/realtime/v1/websocket?vsn=2.0.0',
  // A client publishes to channels that it has joined, and does not receive its own.
  connect: JOIN,
  connected: '"ok"',
  publish: (number) => {
    const content = { type: 'broadcast', event: 'e', payload: payload(number) };
    return textFrame(JSON.stringify(['1', null, `realtime:${TOPIC}`, 'broadcast', content]));
  },
  form: AS_TEXT,
};

const SOCKETIO = {
  target: '/socket.io/?EIO=4&transport=websocket',
  connect: textFrame('40'),
  connected: '40{',
  subscribe: textFrame(`420["subscribe","${TOPIC}"]`),
  subscribed: '430[',
  publish: (number) => textFrame(`42["publish","${TOPIC}",[${codes(payload(number))}]]`),
  form: AS_NUMBERS,
};

const HUB = '/.well-known/mercure';
/** HTTP: each listener is a stream, and each publication a request. */
const MERCURE = {
  stream: `GET ${HUB}?topic=${TOPIC} HTTP/1.1\r\nHost: a\r\n\r\n`,
  publish: (number) => {
    const body = `topic=${TOPIC}&data=${encodeURIComponent(payload(number))}`;
    const head = [`POST ${HUB} HTTP/1.1`, 'Host: a', 'Content-Type: application/x-www-form-urlencoded'];
    return Buffer.from([...head, `Content-Length: ${body.length}`, '', body].join('\r\n'));
  },
  form: AS_TEXT,
};

/** By name. */
export const WIRES = { mqtt: MQTT, nats: NATS, centrifuge: CENTRIFUGE, supabase: SUPABASE, socketio: SOCKETIO, mercure: MERCURE };
