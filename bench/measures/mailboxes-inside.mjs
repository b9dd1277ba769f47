/* One mailbox store in this process. Arguments: its name, the number of messages, and the URL and process of its engine. */
import { Buffer } from 'node:buffer';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { SystemClock } from '../../dist/adapters/clocks/system.js';
import { MemoryMailboxStore } from '../../dist/adapters/mailboxes/memory/store.js';
import { SqliteMailboxStore } from '../../dist/adapters/mailboxes/sqlite/store.js';
import { ThreadJournal } from '../../dist/adapters/mailboxes/sqlite/thread-journal.js';
import { defaultConfig } from '../../dist/composition/configuration/config.js';
import { SilentLog } from '../../dist/adapters/logs/silent.js';
import { connectionId, nodeId } from '../../dist/domain/ids.js';
import { Token } from '../../dist/domain/token.js';

const MANY = 1e9;
const [name, count, url, enginePid] = process.argv.slice(2);
const messages = Number(count);
const IN_MAILBOX = 20;
const IN_TURN = 50;
// Redis refuses more than 10,000 commands in flight.
const MAX_WAITING = 1_000;
const WARM_UP = 5_000;
const PAYLOAD = Buffer.alloc(677, 'x');
const OWNER = new Token('a token');

const folder = mkdtempSync(join(tmpdir(), 'bench-mailboxes-'));
const limits = {
  ...defaultConfig(),
  ...{ mailboxMessages: MANY, mailboxBytes: MANY, realmMailboxBytes: MANY, mailboxesPerSender: MANY, expireTimeout: MANY },
};

async function openStore() {
  const clock = new SystemClock();
  if (name === 'memory') return new MemoryMailboxStore(limits);
  if (name === 'sqlite') {
    const store = new SqliteMailboxStore(limits, { journal: new ThreadJournal(join(folder, 'mail.db')), clock });
    await store.start({ now: () => clock.now(), unixTime: Date.now });
    return store;
  }
  const { connectRedisEngine } = await import('../../dist/adapters/engines/redis/engine.js');
  const node = nodeId('bench');
  const engine = await connectRedisEngine(url, { ...limits, node, realms: ['peerjs'], lease: MANY }, new SilentLog());
  engine.bus.listen({ onMessage: () => undefined, onMessagesLost: () => undefined });
  const claim = { realm: { key: 'peerjs', node }, id: 'ann', connection: connectionId(1, 0), token: OWNER };
  await new Promise((resolve) => engine.directory.claim(claim, resolve));
  return engine.mailboxes;
}

const peer = (id) => ({ realm: { key: 'peerjs', node: nodeId('bench') }, id, connection: connectionId(1, 0) });
const ann = peer('ann');
const store = await openStore();
let longest = 0;
let turnBegan = loopCpu();
let held = 0;

/** Calls the store in turns of the event loop, and waits for all answers. */
async function inTurns(calls, call) {
  let answers = 0;
  for (let n = 0; n < calls; n++) {
    call(n, () => (answers += 1));
    if (n % IN_TURN === IN_TURN - 1) await turn();
    while (n - answers > MAX_WAITING) await turn();
  }
  while (answers < calls) await turn();
}

/** The CPU time of a turn does not depend on other processes. */
async function turn() {
  await nextTurn();
  const now = loopCpu();
  longest = Math.max(longest, now - turnBegan);
  turnBegan = now;
}

const put = (total) =>
  inTurns(total, (n, done) => {
    const message = { kind: 'offer', from: 'ann', to: `peer ${Math.floor(n / IN_MAILBOX)}`, payload: PAYLOAD, owner: OWNER };
    store.put('peerjs', ann, message, 0, (outcome) => {
      if (outcome === 'held') held += 1;
      done();
    });
  });

const drain = (total) =>
  inTurns(total / IN_MAILBOX, (n, done) =>
    store.take(peer(`peer ${n}`), (taken) => {
      held -= taken.length;
      done();
    }),
  );

function schedstat(pid, thread) {
  return Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'latin1').split(' ', 1)[0]) / 1e3;
}

function allCpu() {
  return cpuOf(process.pid) + (enginePid === '' ? 0 : cpuOf(enginePid));
}

function loopCpu() {
  return schedstat(process.pid, process.pid);
}

/** CPU time of all threads of a process, in µs. */
function cpuOf(pid) {
  const threads = readdirSync(`/proc/${pid}/task`);
  return threads.reduce((sum, thread) => sum + schedstat(pid, thread), 0);
}


await put(WARM_UP);
await drain(WARM_UP);
longest = 0;
const [cpu, loop, startedAt] = [allCpu(), loopCpu(), performance.now()];
await put(messages);
const putAt = performance.now();
if (held !== messages) throw new Error(`${held} of ${messages} messages are held`);
await drain(messages);
const drainedAt = performance.now();
if (held !== 0) throw new Error(`${held} messages were not fetched`);
process.send(
  {
    put: messages / (putAt - startedAt),
    drain: messages / (drainedAt - putAt),
    cpu: (allCpu() - cpu) / messages,
    loop: (loopCpu() - loop) / messages,
    turn: longest / 1000,
  },
  async () => {
    await store.close?.();
    rmSync(folder, { recursive: true });
    process.exit();
  },
);
