import type { Socket } from '../../../application/ports/socket.ts';
import type { Admission, ConnectionEnd, Gateway } from '../../../application/ports/transport.ts';
import type { ConnectionId } from '../../../domain/ids.ts';
import { invariant } from '../../../domain/invariant.ts';
import type { SignalMessage } from '../../../domain/message.ts';
import { QUEUED_FRAME_BYTES } from '../../../domain/memory-sizes.ts';
import { type FrameKind, FrameQueue } from './frame-queue.ts';
import { frameCost, type DeferredInput, REQUEST_UNITS, UNITS_PER_CONNECTION } from './input-budget.ts';
import { TASK_COST, type Turns } from './turn-tasks.ts';

/** Runs a turn after the current one, never inside it. */
export type Defer = (turn: () => void) => void;

/** Dependencies that all connections of a transport share. */
export interface ReporterContext {
  readonly gateway: Gateway;
  readonly defer: Defer;
  /** Bytes that may be queued for one connection while it is paused. */
  readonly maxBacklogBytes: number;
  /** M23. Undefined if a transport has no event loop. */
  readonly turns?: Turns;
}

/** M20: pings and pongs that may be queued for one connection. */
const MAX_QUEUED_CONTROL_FRAMES = 1_000;

/** M23: frames that may be queued beyond the limit of a paused connection. */
const MAX_DEFERRED_FRAMES = 1_000;

const BACKLOG_STEP_BYTES = 1024;

const NO_BYTES = new Uint8Array();

/** How a connection ends. Replaced on each change, so that all open connections share one. */
interface Ends {
  /** Of the first `stopReporting`. */
  readonly byBroker: ConnectionEnd | undefined;
  /** The client has disconnected while frames, or the opening, waited for a later turn. Reported after them. */
  readonly pending: ConnectionEnd | undefined;
}

const NO_ENDS: Ends = { byBroker: undefined, pending: undefined };

/** Reports one connection to the gateway: `opened`, its frames in order, and `closed` once, as the last. */
export class ConnectionReporter implements DeferredInput {
  readonly #context: ReporterContext;
  /** The connection id; before the connection is open, its admission. */
  #id: ConnectionId | Admission;
  /** `muted`: further input of the client is ignored. */
  #state: 'reporting' | 'paused' | 'muted' | 'closed' = 'reporting';
  /** Frames that were received while the connection was paused, or after the budget of the turn was exhausted. */
  #backlog: FrameQueue | undefined = undefined;
  readonly #holding: Admission['memory'];
  #ends = NO_ENDS;

  constructor(context: ReporterContext, admission: Admission) {
    this.#context = context;
    this.#id = admission;
    this.#holding = admission.memory;
  }

  /** B1: bytes that the client has not read. Must be called on each change; repeated values are harmless. */
  unreadBytes(bytes: number): void {
    this.#holding?.set('unread', bytes);
  }

  /** B1: bytes of a message that is not complete yet. */
  incompleteBytes(bytes: number): void {
    this.#holding?.set('incomplete', bytes);
  }

  /** B1: size of a buffer that the library holds until the connection ends. It never shrinks. */
  bufferBytes(bytes: number): void {
    if (this.#holding !== undefined && bytes > this.#holding.sizeOf('buffer')) this.#holding.set('buffer', bytes);
  }

  /** B3: whether the connection is being closed because of the memory that it holds. */
  get isToFreeMemory(): boolean {
    return this.#holding?.isEnding === true;
  }

  /** B3: the same, if a part of this memory is a buffer of the library. */
  get isToFreeBuffer(): boolean {
    return this.#holding?.isEnding === true && this.#holding.sizeOf('buffer') > 0;
  }

  /** M23: reports the opening now or in a later turn. Input of the client waits until then. */
  opened(socket: Socket): void {
    const admission = this.#id;
    invariant(typeof admission === 'object', 'a connection opens once');
    const tasks = this.#context.turns?.tasks;
    if (tasks?.admits(TASK_COST.open) !== false) this.#reportOpened(socket, admission);
    else tasks.defer(TASK_COST.open, () => this.#reportOpened(socket, admission));
  }

  #reportOpened(socket: Socket, admission: Admission): void {
    this.#id = this.#context.gateway.opened(socket, admission);
    if (this.isDeferring) this.#handleLater();
    else if (this.#ends.pending !== undefined) this.closed(this.#ends.pending);
  }

  /** M23: reported as open in a later turn. */
  get #isOpening(): boolean {
    return typeof this.#id === 'object';
  }

  /**
   * Reports the frame, or queues a copy while the connection is paused or the budget of the turn is exhausted (M23).
   * @returns false if the queue of a paused connection is full. One frame always fits, because its size has a limit of its own.
   */
  frame(bytes: Uint8Array, isBinary: boolean): boolean {
    if (!this.#mayReport(bytes.length)) return this.#enqueue(bytes, isBinary ? 'binary' : 'text');
    this.#context.gateway.frame(this.#connectionId(), bytes, isBinary);
    return true;
  }

  pause(): void {
    if (this.#state !== 'reporting') return;
    this.#state = 'paused';
    // The client has disconnected, so the connection will not be resumed.
    if (this.#ends.pending !== undefined) this.closed(this.#ends.pending);
  }

  resume(): void {
    if (this.#state !== 'paused') return;
    this.#state = 'reporting';
    if (this.#backlog !== undefined) this.#handleLater();
  }

  /** The broker has closed the connection: further input is not reported. The first `end` counts. */
  stopReporting(end: ConnectionEnd): void {
    if (this.#ends.byBroker === undefined) this.#ends = { ...this.#ends, byBroker: end };
    if (this.#state !== 'closed') this.#state = 'muted';
    this.#dropBacklog();
    if (this.#ends.pending !== undefined) this.closed(this.#ends.pending);
  }

  /** M20: a ping or a pong was received, and is queued like a frame. @returns false if a paused connection has no room for it. */
  controlFrame(): boolean {
    if (!this.#mayReport(0)) return this.#enqueue(NO_BYTES, 'control');
    this.#context.gateway.controlFrame(this.#connectionId());
    return true;
  }

  /** M23: work that the input of the connection caused. */
  spend(units: number): void {
    this.#context.turns?.budget.spend(this, units);
  }

  /**
   * M23: see `Socket`. Input that waited for a later turn is handled one request at a time: the budget decides about each.
   */
  mayContinue(): boolean {
    if (this.#isOver) return true;
    const budget = this.#context.turns?.budget;
    if (budget?.isHandlingDeferred === false && budget.admits(this, REQUEST_UNITS)) return true;
    const isWaiting = this.isDeferring;
    (this.#backlog ??= new FrameQueue()).hasUnfinishedFrame = true;
    if (!isWaiting) this.#handleLater();
    return false;
  }

  /** Must be called before `closed`. */
  unsent(message: SignalMessage): void {
    this.#context.defer(() => this.#context.gateway.unsent(this.#connectionId(), message));
  }

  /** M23: reported after the frames that wait for a later turn. @param end is used if `stopReporting` was not called. */
  closed(end: ConnectionEnd): void {
    if (this.#state === 'closed') return;
    const { defer, gateway, turns } = this.#context;
    if (turns !== undefined && (this.#isOpening || this.isDeferring)) {
      if (this.#ends.pending === undefined) this.#ends = { ...this.#ends, pending: end };
      return;
    }
    this.#state = 'closed';
    this.#dropBacklog();
    // A library may report the fault for which it closes a connection only after the close.
    const report = (): void => gateway.closed(this.#connectionId(), this.#ends.byBroker ?? end);
    if (turns?.tasks.admits(TASK_COST.close) === false) turns.tasks.defer(TASK_COST.close, report);
    else defer(report);
  }

  /** M23: true while frames, or requests of one, wait for a later turn. */
  get isDeferring(): boolean {
    return this.#backlog !== undefined && (this.#state === 'reporting' || this.#backlog.hasUnfinishedFrame);
  }

  get share(): number {
    return UNITS_PER_CONNECTION;
  }

  get nextCost(): number | undefined {
    if (this.#backlog?.hasUnfinishedFrame === true) return REQUEST_UNITS;
    const bytes = this.#state === 'reporting' && !this.#isOpening ? this.#backlog?.nextBytes : undefined;
    return bytes === undefined ? undefined : frameCost(bytes);
  }

  /** The gateway may pause or close the connection within the call. */
  handleNext(): void {
    const backlog = this.#backlog;
    if (backlog === undefined) return;
    if (backlog.hasUnfinishedFrame) {
      backlog.hasUnfinishedFrame = false;
      this.#context.gateway.continueFrame(this.#connectionId());
    } else this.#handleOldest(backlog);
    if (this.#backlog?.isEmpty === true) this.#dropBacklog();
    // While the connection is paused, its further frames will not be handled, because the client has disconnected.
    if (this.#ends.pending !== undefined) this.closed(this.#ends.pending);
  }

  #handleOldest(backlog: FrameQueue): void {
    const frame = backlog.shift();
    if (frame === undefined) return;
    this.#countBacklog(backlog);
    if (frame.kind === 'control') this.#context.gateway.controlFrame(this.#connectionId());
    else this.#context.gateway.frame(this.#connectionId(), frame.bytes, frame.kind === 'binary');
  }

  /** Counts the frame, if no earlier frame waits and the connection is not paused. */
  #mayReport(bytes: number): boolean {
    if (this.#state !== 'reporting' || this.#isOpening || this.#backlog !== undefined) return false;
    return this.#context.turns?.budget.admits(this, frameCost(bytes)) !== false;
  }

  #handleLater(): void {
    const { turns, defer } = this.#context;
    if (turns !== undefined) return turns.budget.defer(this);
    defer(() => {
      while (this.nextCost !== undefined) this.handleNext();
    });
  }

  #dropBacklog(): void {
    this.#backlog = undefined;
    this.#holding?.set('backlog', 0);
  }

  #enqueue(bytes: Uint8Array, kind: FrameKind): boolean {
    const added = bytes.length + QUEUED_FRAME_BYTES;
    // M23: a transport that cannot stop reading exceeds the budget of the turn, because no frame may be lost.
    while (!this.#hasRoom(added, kind)) {
      if (this.nextCost === undefined) return this.#isOver;
      this.handleNext();
    }
    if (this.#isOver) return true;
    const isFirst = this.#backlog === undefined;
    const backlog = (this.#backlog ??= new FrameQueue());
    backlog.push(bytes, kind);
    this.#countBacklog(backlog);
    if (isFirst && this.#state === 'reporting' && !this.#isOpening) this.#handleLater();
    return true;
  }

  /** The broker has closed the connection, or it was reported as closed. */
  get #isOver(): boolean {
    return this.#state === 'muted' || this.#state === 'closed';
  }

  /** B1: in steps, because each change costs as much as the copy of a small frame. */
  #countBacklog(backlog: FrameQueue): void {
    const bytes = BACKLOG_STEP_BYTES * Math.ceil(sizeOf(backlog) / BACKLOG_STEP_BYTES);
    if (bytes === backlog.countedBytes) return;
    backlog.countedBytes = bytes;
    this.#holding?.set('backlog', bytes);
  }

  /** M23: a few large frames that wait for a later turn may exceed the limit of a paused connection, within the memory budget. */
  #hasRoom(added: number, kind: FrameKind): boolean {
    const backlog = this.#backlog;
    if (backlog === undefined || backlog.length === 0) return true;
    if (kind === 'control' && backlog.controlFrames >= MAX_QUEUED_CONTROL_FRAMES) return false;
    const { maxBacklogBytes } = this.#context;
    const size = sizeOf(backlog) + added;
    if (size <= maxBacklogBytes) return true;
    if (this.#state === 'paused' || backlog.length >= MAX_DEFERRED_FRAMES || size > 2 * maxBacklogBytes) return false;
    return this.#holding?.hasRoomFor('backlog', size) !== false;
  }

  #connectionId(): ConnectionId {
    invariant(typeof this.#id === 'number', 'a connection is reported only after it was opened');
    return this.#id;
  }
}

/** B1: an upper limit, because small frames share memory. */
function sizeOf({ bytes, length }: FrameQueue): number {
  return bytes + QUEUED_FRAME_BYTES * length;
}
