import { ManualClock } from '../../../src/adapters/clocks/manual.ts';
import type { Clock, Wakeup } from '../../../src/application/ports/clock.ts';
import type { Millis } from '../../../src/domain/time.ts';
import { RandomPeerIds } from '../../../src/adapters/peer-ids/random.ts';
import { MemoryTransport, type MemoryFarEnd } from '../../../src/adapters/transports/memory/listener.ts';
import { SilentLog } from '../../../src/adapters/logs/silent.ts';
import { Tally } from '../../../src/adapters/telemetry/tally.ts';
import { defaultConfig } from '../../../src/composition/configuration/config.ts';
import { buildBroker } from '../../../src/composition/container.ts';
import { nodeId } from '../../../src/domain/ids.ts';
import type { MailroomLimits } from '../../../src/domain/mailroom.ts';
import type { ClusterEngine, EngineManner, EngineWire } from './engine.ts';

export const NODES = 3;
export const PEERS = ['ann', 'bob', 'cem', 'eve'] as const;

export type Name = (typeof PEERS)[number];

/** What the nodes share, on the clock of the world. @param onLateClaim see `EngineManner`. */
export type EngineOn = (
  clock: ManualClock,
  limits: MailroomLimits,
  lease: number,
  onLateClaim: EngineManner['onLateClaim'],
) => ClusterEngine;

const LEASE = 3_000;
const CONFIG = {
  ...{ expireTimeout: 5_000, aliveTimeout: 600_000, sweepInterval: 500, messageBurst: 100_000, messagesPerSecond: 100_000 },
  ...{ mailboxMessages: 1_000, concurrentLimit: 100 },
};
/** Whatever was under way has arrived, lapsed or expired, and all claims were confirmed. */
const QUIET = 25 * LEASE;
/** A node that had no answer has asked again. */
const STALLED = 20_000;
/** What nobody has asked for is forgotten by then. */
const FORGOTTEN = 300_000;
const STEP = 10;
const LONG_STEP = 500;
const BUSY = 3_000;
/** A word to another node, and the way to the mailbox. */
const SOON = 50;

/** Nodes do not agree what time it is: each is so much ahead of the one that was started before. */
const AHEAD = 3_600_000;

/** The clock of a host that is wrong. */
class WrongClock implements Clock {
  readonly #right: Clock;
  readonly #by: Millis;

  constructor(right: Clock, by: Millis) {
    this.#right = right;
    this.#by = by;
  }

  now(): Millis {
    return this.#right.now() + this.#by;
  }

  wakeAt(at: Millis, wake: () => void): Wakeup {
    return this.#right.wakeAt(at - this.#by, wake);
  }
}

interface Node {
  readonly transport: MemoryTransport;
  readonly wire: EngineWire;
  /** When it was cut off last. */
  cutAt: number;
  /** When what it asked was lost last. */
  lostAt: number;
}

/** One socket that a peer has or had. */
interface Line {
  readonly name: Name;
  readonly far: MemoryFarEnd;
  readonly node: Node;
  read: number;
  /** The last letter of each sender: what comes on a socket that was left does not overtake what comes on the new one. */
  readonly last: Map<Name, Letter>;
}

interface Letter {
  readonly n: number;
  readonly from: Name;
  readonly to: Name;
  /** On which socket it was sent, and whether that had heard OPEN by then. */
  readonly on: Line;
  readonly isEarly: boolean;
  /** Whether its sender must hear what came of it: it stayed, and its node lived. */
  isWatched: boolean;
  /** Whether its sender was told later that something came to nothing. */
  isTold: boolean;
}

/** Brokers of one cluster over memory transports, on a clock that stands; and the notebook that watches them. */
export class ClusterWorld {
  readonly #clock = new ManualClock();
  readonly #engine: ClusterEngine;
  readonly #nodes: Node[] = [];
  readonly #lines: Line[] = [];
  readonly #now = new Map<Name, Line>();
  readonly #letters: Letter[] = [];
  readonly #delivered = new Map<number, number>();
  #born = 0;

  private constructor(engineOn: EngineOn) {
    // It has sent away whoever had come back since: news may find nobody.
    const onLateClaim = (id: string): void => this.#unwatch(id);
    this.#engine = engineOn(this.#clock, { ...defaultConfig(), ...CONFIG }, LEASE, onLateClaim);
  }

  static async begin(engineOn: EngineOn): Promise<ClusterWorld> {
    const world = new ClusterWorld(engineOn);
    for (let n = 0; n < NODES; n++) world.#nodes.push(world.#start());
    for (const [place, name] of PEERS.entries()) world.connects(name, place);
    await world.waits(STEP);
    return world;
  }

  /** Opens a socket with the peer's own id and token, whether or not another is open. */
  connects(name: Name, place: number): void {
    const node = this.#at(place);
    const before = this.#now.get(name)?.node;
    if (this.#hasLostNews(node) || (before !== undefined && this.#hasLostNews(before))) this.#unwatch(name);
    const query = new URLSearchParams({ key: 'peerjs', id: name, token: `token of ${name}` }).toString();
    const line = { name, far: node.transport.connect({ path: '/peerjs', query }), node, read: 0, last: new Map() };
    this.#lines.push(line);
    this.#now.set(name, line);
    this.#look();
  }

  offers(from: Name, to: Name, times = 1): void {
    for (let n = 0; n < times; n++) this.#offer(from, to);
    this.#look();
  }

  #offer(from: Name, to: Name): void {
    const line = this.#now.get(from);
    if (line === undefined || line.far.state !== 'open') return;
    const isWatched = !this.#hasLostNews(line.node);
    const letter = { n: this.#letters.length, from, to, on: line, isEarly: !isOpen(line), isWatched, isTold: false };
    this.#letters.push(letter);
    line.far.send(JSON.stringify({ type: 'OFFER', dst: to, payload: letter.n }));
  }

  goes(name: Name, how: 'close' | 'cut'): void {
    this.#now.get(name)?.far[how]();
    this.#now.delete(name);
    this.#unwatch(name);
    this.#look();
  }

  /** A node ends without a word, and another one takes its place. */
  kill(place: number): void {
    const node = this.#at(place);
    node.wire.die();
    for (const line of this.#lines) {
      if (line.node !== node || line.far.state !== 'open') continue;
      line.far.cut();
      if (this.#now.get(line.name) === line) this.#now.delete(line.name);
    }
    // What it had taken is lost with it, and what it had read: nobody is left to say so.
    for (const letter of this.#letters) letter.isWatched = false;
    this.#nodes[place % NODES] = this.#start();
  }

  cutsOff(place: number): void {
    const node = this.#at(place);
    if (!node.wire.isCut) node.cutAt = this.#clock.now();
    node.wire.cut();
  }

  heals(place: number): void {
    const node = this.#at(place);
    if (this.#hasLostNews(node)) {
      for (const [name, line] of this.#now) if (line.node === node) this.#unwatch(name);
    }
    node.wire.heal();
  }

  /** News for a peer whose node has lost its lease is lost. */
  #hasLostNews({ wire, cutAt, lostAt }: Node): boolean {
    return (wire.isCut && this.#clock.now() - cutAt > LEASE / 2) || this.#clock.now() - lostAt < STALLED;
  }

  loses(place: number): void {
    const node = this.#at(place);
    node.wire.loses();
    node.lostAt = this.#clock.now();
    // Until it notices, its lease has ended.
    for (const [name, line] of this.#now) if (line.node === node) this.#unwatch(name);
  }

  delaysWords(place: number, delay: number): void {
    this.#at(place).wire.wordDelay = delay;
  }

  slows(place: number, delay: number): void {
    this.#at(place).wire.delay = delay;
  }

  async waits(span: number, step = STEP): Promise<void> {
    const until = this.#clock.now() + span;
    while (this.#clock.now() < until) {
      this.#clock.passes(Math.min(step, until - this.#clock.now()));
      await this.#engine.settle();
      for (const { transport } of this.#nodes) transport.settle();
      this.#look();
    }
  }

  /** All is mended, everybody comes, and time passes: then nothing is unsaid, and each id has one socket. */
  async finish(): Promise<void> {
    for (let place = 0; place < NODES; place++) {
      this.heals(place);
      this.slows(place, 1);
      this.delaysWords(place, 1);
    }
    await this.#rests();
    for (const [place, name] of PEERS.entries()) if (!this.#isSeated(name)) this.connects(name, place);
    await this.#rests();
    for (const name of PEERS) {
      const open = this.#lines.filter((line) => line.name === name && isOpen(line));
      if (open.length !== 1) throw new Error(`${name} has ${open.length} open sockets`);
    }
    const lost = this.#letters.filter(({ n, isWatched, isTold }) => isWatched && !isTold && !this.#delivered.has(n));
    if (lost.length > 0) throw new Error(`nobody heard of ${lost.map(({ n, from, to }) => `${n} (${from} to ${to})`).join()}`);
    await this.#talks();
  }

  /** All is mended, and everybody goes for good. */
  async empties(): Promise<void> {
    for (let place = 0; place < NODES; place++) this.heals(place);
    await this.#rests();
    for (const { far } of this.#lines) if (isOpen({ far })) far.close();
    await this.waits(FORGOTTEN, LONG_STEP);
  }

  /** Everybody hears everybody, at once. */
  async #talks(): Promise<void> {
    const before = this.#letters.length;
    for (const from of PEERS) for (const to of PEERS) if (from !== to) this.offers(from, to);
    await this.waits(SOON);
    for (const { n, from, to } of this.#letters.slice(before)) {
      if (!this.#delivered.has(n)) throw new Error(`in the end ${to} does not hear ${from}`);
    }
  }

  async #rests(): Promise<void> {
    await this.waits(BUSY);
    await this.waits(QUIET, LONG_STEP);
  }

  #isSeated(name: Name): boolean {
    const line = this.#now.get(name);
    return line !== undefined && isOpen(line);
  }

  #at(place: number): Node {
    const node = this.#nodes[place % NODES];
    if (node === undefined) throw new Error('there is no such node');
    return node;
  }

  #start(): Node {
    const transport = new MemoryTransport();
    const { engine, wire } = this.#engine.at(nodeId(`node ${++this.#born}`));
    const broker = buildBroker(
      { ...defaultConfig(), ...CONFIG },
      {
        transport,
        clock: new WrongClock(this.#clock, this.#born * AHEAD),
        log: new SilentLog(),
        telemetry: new Tally(),
        tap: { isOpen: false, heard: () => undefined, told: () => undefined },
        peerIds: new RandomPeerIds(),
        origins: { allow: 'echoed' },
        engine,
      },
    );
    void broker.listen();
    return { transport, wire, cutAt: 0, lostAt: Number.NEGATIVE_INFINITY };
  }

  /** Who went may not hear what came of what it sent. */
  #unwatch(name: string): void {
    for (const letter of this.#letters) if (letter.from === name) letter.isWatched = false;
  }

  #look(): void {
    for (const line of this.#lines) {
      for (; line.read < line.far.heard.length; line.read++) this.#hears(line, line.far.heard[line.read] ?? '');
    }
    // Whom the cluster has sent away hears nothing until it comes back.
    for (const [name, { far }] of this.#now) if (far.closed !== undefined) this.#unwatch(name);
  }

  #hears({ name, last }: Line, text: string): void {
    const { type, src, dst, payload } = JSON.parse(text) as Record<string, unknown>;
    if (type === 'EXPIRE' || type === 'LEAVE') {
      for (const letter of this.#letters) if (letter.from === name && letter.to === src) letter.isTold = true;
    }
    if (type !== 'OFFER') return;
    const letter = this.#letters[Number(payload)];
    if (letter === undefined) throw new Error(`${name} heard what nobody sent: ${text}`);
    const { n, from, to } = letter;
    if (src !== from || dst !== to || name !== to) throw new Error(`${name} heard ${text}, which ${from} sent to ${to}`);
    if (this.#delivered.has(n)) throw new Error(`${name} heard letter ${n} twice`);
    this.#delivered.set(n, this.#clock.now());
    const before = last.get(from);
    // O14: what was sent before OPEN counts from OPEN on, and a socket that was opened first may become the peer's last.
    const isOrdered = before === undefined || n > before.n || (letter.isEarly && letter.on !== before.on);
    if (!isOrdered) throw new Error(`${name} heard letter ${n} of ${from} after a later one`);
    last.set(from, letter);
  }
}

function isOpen({ far }: Pick<Line, 'far'>): boolean {
  return far.state === 'open' && far.heard.length > 0;
}
