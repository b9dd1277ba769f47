/** The files of a new dialect: topics for people with a terminal. */
export const DIALECT_FILES: Readonly<Record<string, string>> = {
  'dialect.mjs': `const SPACE = 0x20;
const LINE_FEED = 0x0a;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

const CODES = { left: 1000, superseded: 4001, silent: 4002, expired: 4003, removed: 4004, restarting: 1012, fault: 1011 };
const STATUSES = { 'key-unknown': 404, 'topic-unusable': 400, 'token-missing': 401, 'token-invalid': 401, 'not-granted': 403 };

const text = (value) => encoder.encode(value);
const closing = (code, why) => ({ frame: text('# ' + why + '\\n'), code, why });

/**
 * One line of text for each frame: '+topic' subscribes, '-topic' unsubscribes, 'topic text' publishes. Replace the methods by
 * those of your protocol; the tests report each broken promise.
 */
export class OwnDialect {
  name = 'own';
  space = 'own';
  keepsHistory = false;
  liveness = 'answers';
  pace = 0;
  #path;

  constructor(path) {
    this.#path = path;
  }

  servesWebSocketAt(path) {
    return path === this.#path;
  }

  connectRequest(query) {
    const key = new URLSearchParams(query).get('key') ?? undefined;
    return { as: 'guest', key, selectors: [], presence: true };
  }

  /** This protocol has no HTTP requests. */
  route() {
    return undefined;
  }

  httpResponse(outcome) {
    if (outcome.kind !== 'refusal') return { status: 204, headers: [], body: '' };
    return { status: STATUSES[outcome.reason] ?? 503, headers: [['content-type', 'text/plain']], body: outcome.reason };
  }

  decode(bytes, isBinary) {
    if (isBinary) return { action: 'malformed' };
    if (bytes.length === 0) return { action: 'heartbeat' };
    const end = bytes.indexOf(SPACE);
    if (end >= 0) {
      // The payload is a view of the frame: no copy is made before it is sent.
      const draft = { topics: [decoder.decode(bytes.subarray(0, end))], payload: bytes.subarray(end + 1) };
      return { action: 'publish', draft, echo: false };
    }
    const line = decoder.decode(bytes);
    const selectors = [{ topic: line.slice(1) }];
    if (line.startsWith('+')) return { action: 'join-topics', selectors };
    if (line.startsWith('-')) return { action: 'leave-topics', selectors };
    return { action: 'malformed' };
  }

  /** Clients of this dialect have no address. */
  encode() {
    return undefined;
  }

  encodeEvent({ event, publication }) {
    if (event !== 'publication') return undefined;
    const head = text(publication.topics[0] + ' ');
    const line = new Uint8Array(head.length + publication.payload.length + 1);
    line.set(head);
    line.set(publication.payload.map((byte) => (byte === LINE_FEED ? SPACE : byte)), head.length);
    line[line.length - 1] = LINE_FEED;
    return line;
  }

  streamPreamble() {
    return undefined;
  }

  openFrame({ id }) {
    return text('# you are ' + id + '\\n');
  }

  keepAliveFrame() {
    return undefined;
  }

  refusal({ reason }) {
    return closing(1008, reason);
  }

  closeFrame(ending) {
    return closing(CODES[ending] ?? 1008, ending);
  }
}

export default { dialects: [new OwnDialect('/own')] };
`,
  'dialect.test.mjs': `// The contract needs: npm install --save-dev fast-check@4
import test from 'node:test';
import { dialectContract } from '@signalbox/broker/contracts';
import { OwnDialect } from './dialect.mjs';

const subject = {
  make: () => new OwnDialect('/own'),
  readsBack: [],
  paths: ['/own', '/own/', '/'],
  queries: ['key=peerjs', 'topic=a'],
  frames: ['+garden', '-garden', 'garden It rains', ' ', '+'],
};

for (const { name, run } of dialectContract('own', subject)) test(name, run);
`,
};
