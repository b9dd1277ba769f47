/* Repeated sweeps of one realm; the argument is the number of its peers and mailboxes. */
import { Buffer } from 'node:buffer';
import { performance } from 'node:perf_hooks';
import { ManualClock } from '../../dist/adapters/clocks/manual.js';
import { MemoryMailboxStore } from '../../dist/adapters/mailboxes/memory/store.js';
import { Turns } from '../../dist/application/turns.js';
import { sweepExpired } from '../../dist/application/use-cases/sweep-expired.js';
import { connectionId, nodeId } from '../../dist/domain/ids.js';
import { Realms } from '../../dist/domain/realms.js';
import { Session } from '../../dist/domain/session.js';
import { Token } from '../../dist/domain/token.js';
import { peerId } from '../generator/peer.mjs';
import { median } from '../statistics.mjs';

const KEY = 'peerjs';
const TIMEOUT_MS = 60_000;
const MANY = 1e9;
// The number of peers, and of mailboxes, that expire together.
const DUE = 100;
const SWEEPS = 150;
const WARM_UP = 50;
// Larger than any CPU cache.
const COLD = new Uint8Array(96 * 1024 * 1024);
const CACHE_LINE = 64;
const PAYLOAD = Buffer.from('{"candidate":{}}');
const LIMITS = {
  ...{ concurrentLimit: MANY, aliveTimeout: TIMEOUT_MS, idLength: 128, onFlood: 'close' },
  ...{ messagesPerSecond: MANY, messageBurst: MANY, malformedPerWindow: MANY, malformedWindow: TIMEOUT_MS },
  ...{ pingInterval: TIMEOUT_MS, streamHeartbeat: TIMEOUT_MS, topicLength: 128, topicsPerConnection: 1, topicJoins: 1 },
  ...{ topicPatterns: 1, historyMessages: 0, historyBytes: 0 },
  ...{ mailboxMessages: MANY, mailboxBytes: MANY, realmMailboxBytes: MANY, mailboxesPerSender: MANY, expireTimeout: TIMEOUT_MS },
};

const TRAITS = { carrier: 'socket', liveness: 'sends', space: 'peerjs', keepsHistory: false };

const live = Number(process.argv[2]);
const clock = new ManualClock();
const realms = new Realms([KEY], nodeId('here'), LIMITS);
const [realm] = realms.all();
const mailboxes = new MemoryMailboxStore(LIMITS);
// Closed peers and expired mailboxes. A sweep also pings the peers that have been idle for half of the timeout (L5).
let found = 0;
const { sweep } = sweepExpired({
  realms,
  mailboxes,
  clock,
  performer: {
    perform: (_, decision) => {
      if (decision.do !== 'ping') found += 1;
    },
  },
  turns: new Turns((error) => {
    throw error;
  }),
  telemetry: { count: () => undefined },
});

let created = 0;

// Peers of one group time out together, and their messages for absent peers expire together.
const groups = live / DUE;
const step = TIMEOUT_MS / groups;
for (let i = 0; i < groups; i++) {
  arrive();
  clock.advance(step);
}
process.send({ nothing: nothingDue(), found: someDue() });

/** One group of peers, each of which sends one message to an absent peer. */
function arrive() {
  const now = clock.now();
  for (let i = 0; i < DUE; i++) {
    const number = created++;
    const id = peerId(number);
    const session = new Session(
      { connection: connectionId(number % 1e6, 0), realm, id, token: new Token('t'), traits: TRAITS },
      now,
    );
    realm.connecting(session, now);
    realm.admit(session);
    realm.mailboxFetched({ session, replaces: 'nothing', alreadyFetched: [] }, [], [], []);
    const message = { kind: 'offer', from: id, to: `absent ${number}`, payload: PAYLOAD };
    mailboxes.put(realm.key, session, message, now, (outcome) => {
      if (outcome !== 'held') throw new Error('a message is not held');
    });
  }
}

/** The median time of a sweep that finds no expired item, in µs. */
function nothingDue() {
  // The first group expires now.
  sweep();
  if (found !== 2 * DUE) throw new Error(`${found} were found instead of ${2 * DUE}`);
  arrive();
  const times = Array.from({ length: SWEEPS }, () => timed(sweep));
  if (found !== 2 * DUE) throw new Error('a sweep found items that are not expired');
  return median(times.slice(WARM_UP)) * 1000;
}

/** The median time of a sweep that finds one group of peers and one of mailboxes, in µs for each item found. */
function someDue() {
  const times = Array.from({ length: SWEEPS }, () => {
    clock.advance(step);
    const before = found;
    const ms = timed(sweep);
    if (found - before !== 2 * DUE) throw new Error(`${found - before} were found instead of ${2 * DUE}`);
    arrive();
    return ms;
  });
  return (median(times.slice(WARM_UP)) * 1000) / (2 * DUE);
}

/** Empties the CPU caches first, as they are between two sweeps of a broker. */
function timed(action) {
  for (let at = 0; at < COLD.length; at += CACHE_LINE) COLD[at] += 1;
  const startedAt = performance.now();
  action();
  return performance.now() - startedAt;
}
