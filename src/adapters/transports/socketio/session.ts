import type { Socket, WriteOutcome } from '../../../application/ports/socket.ts';
import type { Clock, Wakeup } from '../../../application/ports/clock.ts';
import type { Admission, ConnectionEnd, Gateway } from '../../../application/ports/transport.ts';
import type { ConnectionId } from '../../../domain/ids.ts';
import type { Millis } from '../../../domain/time.ts';
import { closedByBroker, CLOSE_FRAMES, type CloseFrame } from '../shared/close-frames.ts';
import type { Defer } from '../shared/connection-reporter.ts';
import type { PerConnectionLimits } from '../shared/settings.ts';
import { AttachmentBuffer } from './attachments.ts';
import { readEvent } from './events.ts';
import { MAX_AUTH_LENGTH, tokenOfAuth, type Protocol } from './handshake.ts';
import { FORBIDDEN, LEAVE, requestLine, STAY, UNKNOWN, UNREADABLE, type LineReader } from './lines.ts';
import { readPacket, type Packet } from './packets.ts';
import type { EnginePacket } from './payloads.ts';
import type { Authorize, Rights } from './rights.ts';
import { connectError, SocketIoSocket, type ClientFormat, type PacketChannel } from './socket.ts';

/** What all sessions have in common. */
export interface SessionContext {
  readonly gateway: Gateway;
  readonly clock: Clock;
  /** Runs a turn after the present one; what it throws is caught there. */
  readonly defer: Defer;
  readonly limits: PerConnectionLimits;
  /** The longest first. */
  readonly prefixes: readonly string[];
  readonly authorize: Authorize;
  readonly lines: LineReader;
  /** SIO7: how long a session may take to connect to the main namespace. */
  readonly connectTimeout: Millis;
  /** SIO8: what clients are told about pings. */
  readonly pingInterval: Millis;
}

/** What brings the packets of a session. */
export interface EngineTransport extends PacketChannel {
  readonly kind: 'polling' | 'websocket';
}

/** How a session begins. */
export interface SessionOpening {
  readonly sid: string;
  readonly protocol: Protocol;
  readonly admission: Admission;
  /** The token of the handshake. */
  readonly token: string | undefined;
}

// A client sends CONNECT first; a few polls and pings may surround it.
const MAX_EARLY_PACKETS = 20;
const MAX_PING_LENGTH = 64;
const NOT_CONNECTED: CloseFrame = { code: 1008, why: 'not connected in time' };
const LEFT: CloseFrame = { code: 1000, why: 'left' };
const encoder = new TextEncoder();

/**
 * One session of Engine.IO: one admission, which ends with it, whatever carries it. Its packets
 * become lines for the dialect; each packet counts against the rate limit, whatever it is.
 */
export class EngineSession implements PacketChannel, ClientFormat {
  readonly sid: string;
  readonly protocol: Protocol;
  readonly admission: Admission;
  prefix = '';
  readonly #context: SessionContext;
  readonly #token: string | undefined;
  readonly #onClosed: () => void;
  readonly #attachments: AttachmentBuffer;
  #transport: EngineTransport | undefined;
  /** Undefined until the client has connected to the main namespace. */
  #id: ConnectionId | undefined;
  #rights: Rights | undefined;
  #deadline: Wakeup | undefined;
  #earlyPackets = 0;
  #state: 'open' | 'ending' | 'over' = 'open';
  #isPaused = false;
  #end: ConnectionEnd | undefined;

  constructor({ sid, protocol, admission, token }: SessionOpening, home: SessionContext, onOver: () => void) {
    this.sid = sid;
    this.protocol = protocol;
    this.admission = admission;
    this.#token = token;
    this.#context = home;
    this.#onClosed = onOver;
    this.#attachments = new AttachmentBuffer(home.limits.maxFrameBytes);
  }

  get isVersion3(): boolean {
    return this.protocol === 3;
  }

  get isOpen(): boolean {
    return this.#state === 'open';
  }

  /** Whether requests carry it. */
  get isPolling(): boolean {
    return this.#transport?.kind === 'polling';
  }

  get isConnected(): boolean {
    return this.#id !== undefined;
  }

  /** SIO8, SIO9: tells what the client needs to know; a client of version 3 is connected at once. */
  start(carrier: EngineTransport): void {
    const { clock, connectTimeout, pingInterval, limits } = this.#context;
    this.#transport = carrier;
    const upgrades = carrier.kind === 'polling' ? ['websocket'] : [];
    // The first ping comes an interval after CONNECT.
    const pingTimeout = connectTimeout + GRACE;
    const open = { sid: this.sid, upgrades, pingInterval, pingTimeout, maxPayload: limits.maxFrameBytes };
    carrier.send(encoder.encode(`0${JSON.stringify(open)}`));
    this.#deadline = clock.wakeAt(clock.now() + connectTimeout, () => this.end(NOT_CONNECTED));
    if (this.isVersion3) this.#connect(undefined);
  }

  /** SIO9: the session goes on over a WebSocket. */
  upgradeTo(carrier: EngineTransport, waiting: readonly Uint8Array[]): void {
    this.#transport = carrier;
    for (const packet of waiting) carrier.send(packet);
    if (this.#isPaused) carrier.pause();
  }

  /** A poll, or something else that asks for nothing. */
  chargeRateLimit(): void {
    this.#report(STAY);
  }

  /** Something that can't be read. */
  reportMalformed(): void {
    this.#report(UNREADABLE);
  }

  /** One packet of the client. */
  receive(packet: EnginePacket): void {
    if (this.#state !== 'open') return;
    if (typeof packet !== 'string') return this.#receiveAttachment(packet);
    switch (packet[0]) {
      case '1':
        return this.#closedByClient();
      case '2':
        return this.#pinged(packet);
      case '3':
      case '5':
      case '6':
        return this.#report(STAY);
      case '4':
        return this.#packet(packet);
      default:
        return this.#report(UNREADABLE);
    }
  }

  /** The far end answered a ping of its WebSocket. */
  controlFrame(): void {
    if (this.#state === 'open' && this.#id !== undefined) this.#context.gateway.controlFrame(this.#id);
  }

  /** The carrier is over. To be called in a turn of its own. @param end counts where the session had not ended before. */
  closed(end: ConnectionEnd): void {
    if (this.#state === 'over') return;
    this.#state = 'over';
    this.#deadline?.cancel();
    this.#onClosed();
    if (this.#id === undefined) this.#context.gateway.abandoned(this.admission);
    else this.#context.gateway.closed(this.#id, this.#end ?? end);
  }

  send(packet: Uint8Array): WriteOutcome {
    return this.#state === 'open' ? (this.#transport?.send(packet) ?? 'gone') : 'gone';
  }

  end(goodbye: CloseFrame): void {
    if (this.#state !== 'open') return;
    this.#state = 'ending';
    this.#end ??= closedByBroker(goodbye);
    this.#attachments.clear();
    this.#transport?.end(goodbye);
  }

  pause(): void {
    this.#isPaused = true;
    this.#transport?.pause();
  }

  resume(): void {
    this.#isPaused = false;
    this.#transport?.resume();
  }

  /** The client has closed the session. */
  #closedByClient(): void {
    this.#end = { by: 'client', code: LEFT.code };
    this.end(LEFT);
  }

  /** SIO11. A client of version 4 does not ping. */
  #pinged(packet: string): void {
    if (!this.isVersion3 || packet.length > MAX_PING_LENGTH) return this.#report(UNREADABLE);
    this.#report(STAY);
    this.send(encoder.encode(`3${packet.slice(1)}`));
  }

  #packet(text: string): void {
    if (this.#attachments.isWaiting) {
      this.#attachments.clear();
      this.#report(UNREADABLE);
    }
    const packet = readPacket(text, 1);
    if (packet === undefined) return this.#report(UNREADABLE);
    if (packet.attachments > 0) {
      this.#attachments.expect(text, packet);
      return this.#report(STAY);
    }
    this.#complete(text, packet, []);
  }

  #receiveAttachment(bytes: Uint8Array): void {
    const { isWaiting } = this.#attachments;
    const whole = this.#attachments.add(bytes);
    if (whole === 'too big') return this.end(CLOSE_FRAMES.tooBig);
    if (whole === undefined) return this.#report(isWaiting ? STAY : UNREADABLE);
    this.#complete(whole.text, whole.packet, whole.attachments);
  }

  #complete(text: string, packet: Packet, attachments: readonly Uint8Array[]): void {
    if (packet.namespace !== '/') return this.#otherNamespace(packet);
    switch (packet.type) {
      case 'connect':
        if (this.#id !== undefined) return this.#report(STAY);
        return this.#connect(text.slice(packet.start, packet.start + MAX_AUTH_LENGTH + 1));
      case 'disconnect':
        return this.#id === undefined ? this.#closedByClient() : this.#report(LEAVE);
      case 'event':
      case 'binary-event':
        return this.#event(text, packet, attachments);
      default:
        return this.#report(STAY);
    }
  }

  /** SIO7: there is one namespace. */
  #otherNamespace({ type, namespace }: Packet): void {
    this.#report(STAY);
    if (type === 'connect') this.send(connectError(namespace, 'Invalid namespace', this.isVersion3));
  }

  /** SIO10. */
  #connect(auth: string | undefined): void {
    const rights = this.#context.authorize(tokenOfAuth(auth) ?? this.#token);
    if (rights === undefined) {
      this.#report(STAY);
      return void this.send(connectError('/', 'A valid token is needed', this.isVersion3));
    }
    this.#deadline?.cancel();
    this.#rights = rights;
    const { clearance, expiresAt } = rights;
    const connectRequest = { ...this.admission.connectRequest, clearance, expiresAt };
    const socket: Socket = new SocketIoSocket(this, this, this.#context.lines);
    this.#id = this.#context.gateway.opened(socket, { ...this.admission, carrier: 'socket', connectRequest });
  }

  #event(text: string, packet: Packet, attachments: readonly Uint8Array[]): void {
    const read = readEvent(text, packet.start, this.#context.prefixes, attachments);
    if (typeof read === 'string') return this.#report(read === 'unknown' ? UNKNOWN : UNREADABLE);
    const { prefix, request } = read;
    this.prefix = prefix;
    if (!this.#allows(request.verb, request.namespace)) return this.#report(FORBIDDEN);
    const line = requestLine(request, packet.id);
    if (line.length > this.#context.limits.maxFrameBytes) return this.end(CLOSE_FRAMES.tooBig);
    this.#report(line);
  }

  #allows(verb: 'subscribe' | 'unsubscribe' | 'publish', topic: string): boolean {
    if (verb === 'unsubscribe') return true;
    return verb === 'publish' ? this.#rights?.mayPublish(topic) === true : this.#rights?.maySubscribe === true;
  }

  /** M8, M19: whatever it is, the client lives, and is charged for it. */
  #report(line: Uint8Array): void {
    if (this.#state !== 'open') return;
    if (this.#id !== undefined) return this.#context.gateway.frame(this.#id, line, false);
    this.#earlyPackets += 1;
    if (this.#earlyPackets > MAX_EARLY_PACKETS) this.end(CLOSE_FRAMES.sendsTooFast);
  }
}

const GRACE: Millis = 10_000;
