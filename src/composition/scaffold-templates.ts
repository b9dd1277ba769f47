import { DIALECT_FILES } from './scaffold-dialect.ts';
import { STATE_FILES } from './scaffold-state.ts';

/* The files that `signalbox new adapter` writes. Each adapter begins as a working one, so its tests pass. */

/** The files of a new adapter, by name: the adapter, then its test. */
type Template = Readonly<Record<string, string>>;

/** By the name of the adapter in `createBroker({ adapters })`. */
export const TEMPLATES: Readonly<Record<string, Template>> = {
  ...STATE_FILES,
  transport: {
    'transport.mjs': `import { MemoryTransport } from '@signalbox/broker/testing';

/** A transport around the one in memory. Replace the methods by those of your network; the tests report each broken promise. */
export class OwnTransport {
  name = 'own';
  #inner;

  constructor(inner) {
    this.#inner = inner;
  }

  listen(gateway) {
    return this.#inner.listen(gateway);
  }

  refuseNew() {
    this.#inner.refuseNew();
  }

  reloadCertificate() {
    this.#inner.reloadCertificate();
  }

  stop() {
    return this.#inner.stop();
  }
}

export default { transport: () => new OwnTransport(new MemoryTransport()) };
`,
    'transport.test.mjs': `import test from 'node:test';
import { IN_MEMORY, memoryStart, transportContract } from '@signalbox/broker/contracts';
import { OwnTransport } from './transport.mjs';

// A transport with a port of its own is tested by clients of the network: see networkStart and networkCapabilities.
const start = memoryStart((inner) => new OwnTransport(inner));

for (const { name, run } of transportContract({ can: IN_MEMORY, start })) test(name, run);
`,
  },
  clock: {
    'clock.mjs': `const LONGEST_TIMER = 2 ** 31 - 1;

/** The time of the machine, in whole milliseconds. */
export class OwnClock {
  now() {
    return Math.floor(performance.now());
  }

  wakeAt(at, wake) {
    let timer;
    const arm = () => {
      const span = Math.min(Math.max(0, at - this.now()), LONGEST_TIMER);
      timer = setTimeout(() => (this.now() >= at ? wake() : arm()), span).unref();
    };
    arm();
    return { cancel: () => clearTimeout(timer) };
  }
}

export default { clock: new OwnClock() };
`,
    'clock.test.mjs': `import test from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { clockContract } from '@signalbox/broker/contracts';
import { OwnClock } from './clock.mjs';

/** A clock, and a way to let time pass. */
const start = () => {
  const clock = new OwnClock();
  const elapse = async (span) => {
    const end = clock.now() + span;
    while (clock.now() < end) await wait(1);
  };
  return { clock, elapse };
};

for (const { name, run } of clockContract(start)) test(name, run);
`,
  },
  log: {
    'log.mjs': `/** Writes each event as one line of JSON. It must not throw. */
export class LineLog {
  #write;

  constructor(write = (line) => process.stdout.write(line)) {
    this.#write = write;
  }

  record({ event, session, address }) {
    this.#write(JSON.stringify({ event, id: session?.id, address }) + '\\n');
  }
}

export default { log: new LineLog() };
`,
    'log.test.mjs': `import assert from 'node:assert/strict';
import test from 'node:test';
import { pair } from '@signalbox/broker/testing';
import { LineLog } from './log.mjs';

test('each event is one line of JSON', () => {
  const lines = [];
  const { ann } = pair({ adapters: { log: new LineLog((line) => lines.push(line)) } });
  ann.cut();
  const events = lines.map((line) => JSON.parse(line).event);
  assert.ok(events.includes('peer-opened'), events.join());
  assert.ok(events.includes('peer-closed'), events.join());
  for (const line of lines) assert.match(line, /^[^\\n]+\\n$/);
});
`,
  },
  telemetry: {
    'telemetry.mjs': `import { MemoryTelemetry } from '@signalbox/broker/testing';

/** Counts in memory. Replace the methods by those of your metrics; the tests report each broken promise. */
export class OwnTelemetry extends MemoryTelemetry {}

export default { telemetry: new OwnTelemetry(() => performance.now() / 1000) };
`,
    'telemetry.test.mjs': `import test from 'node:test';
import { telemetryContract } from '@signalbox/broker/contracts';
import { OwnTelemetry } from './telemetry.mjs';

const written = (labels) => {
  const pairs = Object.entries(labels).map(([name, value]) => name + '="' + value + '"');
  return pairs.length === 0 ? '' : '{' + pairs.join() + '}';
};

/** The values of a metric by their labels, in the form of the contract. */
const valuesOf = (samples) => {
  const values = {};
  for (const { labels, value, cumulative } of samples) {
    if (cumulative === undefined) {
      values[written(labels)] = value;
      continue;
    }
    for (const [le, count] of cumulative) values['_bucket' + written({ ...labels, le: le === Infinity ? '+Inf' : String(le) })] = count;
    values['_sum' + written(labels)] = value;
    values['_count' + written(labels)] = cumulative.at(-1)?.[1] ?? 0;
  }
  return values;
};

const start = () => {
  let seconds = 0;
  const telemetry = new OwnTelemetry(() => (seconds += 1));
  return { telemetry, read: async (metric) => valuesOf(telemetry.samples(metric)) };
};

for (const { name, run } of telemetryContract(start)) test(name, run);
`,
  },
  authorizer: {
    'authorizer.mjs': `import { accepted, OPEN_GRANT, refused } from '@signalbox/broker/ports';

/** Admits clients with one of its tokens. */
export class TokenAuthorizer {
  headers = [];
  #tokens;

  constructor(tokens) {
    this.#tokens = new Set(tokens);
  }

  authorize({ token }, answer) {
    if (this.#tokens.has(token)) return answer(accepted(OPEN_GRANT));
    answer(refused({ reason: 'not-admitted', message: 'Not allowed' }));
  }
}

export default { authorizer: new TokenAuthorizer(['replace this token']) };
`,
    'authorizer.test.mjs': `import test from 'node:test';
import { authorizerContract } from '@signalbox/broker/contracts';
import { TokenAuthorizer } from './authorizer.mjs';

const start = () => ({ authorizer: new TokenAuthorizer(['a token']), token: 'a token', settle: async () => undefined });

for (const { name, run } of authorizerContract(start)) test(name, run);
`,
  },
  iceServers: {
    'ice-servers.mjs': `/** The same servers and credentials for each user. */
export class OwnIceServers {
  #stun;
  #turn;
  #ttl;
  #unixTime;

  constructor({ stun, turn, ttl }, unixTime = () => Date.now() / 1000) {
    this.#stun = stun;
    this.#turn = turn;
    this.#ttl = ttl;
    this.#unixTime = unixTime;
  }

  issue(user, answer) {
    const servers = [{ urls: this.#stun }, { urls: this.#turn, username: 'guest', credential: 'replace this' }];
    answer({ servers, ttl: this.#ttl, expiresAt: Math.floor(this.#unixTime()) + this.#ttl });
  }
}

const stun = ['stun:stun.example.org'];
const turn = ['turn:turn.example.org'];

export default { iceServers: new OwnIceServers({ stun, turn, ttl: 3600 }) };
`,
    'ice-servers.test.mjs': `import test from 'node:test';
import { iceServersContract, STUN, TTL, TURN } from '@signalbox/broker/contracts';
import { OwnIceServers } from './ice-servers.mjs';

/** A source of the servers of the contract, and its clock. */
const start = () => {
  let now = 1_800_000_000;
  const iceServers = new OwnIceServers({ stun: STUN, turn: TURN, ttl: TTL }, () => now);
  return { iceServers, setTime: (seconds) => void (now = seconds) };
};

for (const { name, run } of iceServersContract(start)) test(name, run);
`,
  },
  dialects: DIALECT_FILES,
};
