import fc from 'fast-check';
import type { Line } from './notebook.ts';
import { IDS, type World } from './world.ts';

/* Peers are named by position among those that are open, so that a shrunk run still makes sense. */

type Empty = Record<string, never>;
type Step = fc.Command<Empty, World>;

/** A step that needs an open, welcome line. */
abstract class LineStep implements Step {
  readonly position: number;
  #done = '';

  constructor(position: number) {
    this.position = position;
  }

  check(): boolean {
    return true;
  }

  run(_: Empty, world: World): void {
    const open = world.open();
    const line = open[this.position % Math.max(1, open.length)];
    if (line === undefined) return;
    this.#done = `${line.name} ${this.act(world, line)}`;
  }

  /** @returns what was done, for the print of a failure. */
  abstract act(world: World, line: Line): string;

  toString(): string {
    return this.#done || 'nobody is there';
  }
}

class Relay extends LineStep {
  readonly kind: string;
  readonly to: string;

  constructor(position: number, kind: string, to: string) {
    super(position);
    this.kind = kind;
    this.to = to;
  }

  act(world: World, line: Line): string {
    world.relay(line, this.kind, this.to);
    return `sends ${this.kind} to ${this.to}`;
  }
}

class Heartbeat extends LineStep {
  act(world: World, line: Line): string {
    world.say(line, '{"type":"HEARTBEAT"}');
    return 'beats';
  }
}

class Stumble extends LineStep {
  act(world: World, line: Line): string {
    world.stumble(line);
    return 'sends broken JSON';
  }
}

class Leave extends LineStep {
  act(world: World, line: Line): string {
    world.say(line, '{"type":"LEAVE"}', new Map([[line, 1000]]));
    return 'leaves';
  }
}

class HangUp extends LineStep {
  readonly isAbrupt: boolean;

  constructor(position: number, isAbrupt: boolean) {
    super(position);
    this.isAbrupt = isAbrupt;
  }

  act(world: World, line: Line): string {
    world.hangUp(line, this.isAbrupt);
    return this.isAbrupt ? 'is cut' : 'hangs up';
  }
}

class Flood extends LineStep {
  readonly to: string;

  constructor(position: number, to: string) {
    super(position);
    this.to = to;
  }

  act(world: World, line: Line): string {
    for (let i = 0; i < 60 && !line.isOver; i++) world.relay(line, 'CANDIDATE', this.to);
    return `floods ${this.to}`;
  }
}

class Connect implements Step {
  readonly realm: number;
  readonly id: string;
  readonly token: string;

  constructor(realm: number, id: string, token: string) {
    this.realm = realm;
    this.id = id;
    this.token = token;
  }

  check(): boolean {
    return true;
  }

  run(_: Empty, world: World): void {
    world.connect(this.realm, this.id, this.token);
  }

  toString(): string {
    return `${this.id} connects to realm ${this.realm} with token ${this.token}`;
  }
}

class Wait implements Step {
  readonly span: number;

  constructor(span: number) {
    this.span = span;
  }

  check(): boolean {
    return true;
  }

  run(_: Empty, world: World): void {
    world.wait(this.span);
  }

  toString(): string {
    return `${this.span} ms pass`;
  }
}

const position = fc.nat({ max: 7 });
const id = fc.constantFrom(...IDS);
const kind = fc.constantFrom('OFFER', 'ANSWER', 'CANDIDATE');
const token = fc.constantFrom('one', 'one', 'one', 'two');
const realm = fc.constantFrom(0, 0, 0, 1);
const span = fc.oneof(
  fc.integer({ min: 1, max: 400 }),
  fc.integer({ min: 900, max: 6_500 }),
  fc.constantFrom(4_999, 5_000, 11_999, 12_000),
);

export function commands(): fc.Arbitrary<Iterable<Step>> {
  const connect = fc.tuple(realm, id, token).map(([r, i, t]) => new Connect(r, i, t));
  const relay = fc.tuple(position, kind, id).map(([p, k, i]) => new Relay(p, k, i));
  return fc.commands(
    [
      connect,
      connect,
      relay,
      relay,
      relay,
      position.map((p) => new Heartbeat(p)),
      position.map((p) => new Stumble(p)),
      position.map((p) => new Leave(p)),
      fc.tuple(position, fc.boolean()).map(([p, isAbrupt]) => new HangUp(p, isAbrupt)),
      fc.tuple(position, id).map(([p, i]) => new Flood(p, i)),
      span.map((ms) => new Wait(ms)),
    ],
    { maxCommands: 100, size: 'max' },
  );
}
