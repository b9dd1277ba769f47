import type { WriteOutcome } from '../../../application/ports/socket.ts';
import type { Wakeup } from '../../../application/ports/clock.ts';
import type { Admission, ConnectionEnd } from '../../../application/ports/transport.ts';
import type { ConnectionId } from '../../../domain/ids.ts';
import type { Millis } from '../../../domain/time.ts';
import { closedByBroker, CLOSE_FRAMES, FAILS_TOO_OFTEN, TERMINATED, type CloseFrame } from '../shared/close-frames.ts';
import { AttachmentBuffer } from './attachments.ts';
import { readEvent } from './events.ts';
import { MAX_AUTH_LENGTH, tokenOfAuth, type Protocol } from './handshake.ts';
import { FORBIDDEN, LEAVE, requestLine, STAY, UNKNOWN, MALFORMED_LINE } from './lines.ts';
import { readPacket, type Packet } from './packets.ts';
import type { EnginePacket } from './payloads.ts';
import { connectRequestOf, rightsOf, type Rights } from './rights.ts';
import type { SessionContext, SessionOpening } from './session-context.ts';
import { connectError, SocketIoSocket, type ClientFormat, type EngineTransport, type PacketChannel } from './socket.ts';

// CONNECT is the first packet of a client; a few polls and pings may come before it.
const MAX_EARLY_PACKETS = 20;
const MAX_PING_LENGTH = 64;
const NOT_CONNECTED: CloseFrame = { code: 1008, why: 'not connected in time' };
const LEFT: CloseFrame = { code: 1000, why: 'left' };
const GRACE: Millis = 10_000;
const encoder = new TextEncoder();

/**
 * One session of Engine.IO. It has one admission, which ends with the session, on every transport. Packets become lines for the
 * dialect. Every packet counts against the rate limit.
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
  /** M22: the size of the packet that is handled. */
  #packetBytes = 0;
  #state: 'open' | 'ending' | 'over' = 'open';
  #isPaused = false;
  #end: ConnectionEnd | undefined;

  constructor({ sid, protocol, admission, token }: SessionOpening, context: SessionContext, onClosed: () => void) {
    this.sid = sid;
    this.protocol = protocol;
    this.admission = admission;
    this.#token = token;
    this.#context = context;
    this.#onClosed = onClosed;
    this.#attachments = new AttachmentBuffer(context.limits.maxFrameBytes, (bytes) =>
      admission.memory?.set('attachments', bytes),
    );
  }

  get isVersion3(): boolean {
    return this.protocol === 3;
  }

  get isOpen(): boolean {
    return this.#state === 'open';
  }

  /** True while the transport is polling. */
  get isPolling(): boolean {
    return this.#transport?.kind === 'polling';
  }

  get isConnected(): boolean {
    return this.#id !== undefined;
  }

  /** SIO8, SIO9: sends the open packet. A client of version 3 is connected at once. */
  start(transport: EngineTransport): void {
    const { clock, connectTimeout, pingInterval, limits } = this.#context;
    this.#transport = transport;
    const upgrades = transport.kind === 'polling' ? ['websocket'] : [];
    const maxPayload = transport.maxFrameBytes ?? limits.maxFrameBytes;
    // The first ping is sent one interval after CONNECT.
    const pingTimeout = connectTimeout + GRACE;
    transport.send(encoder.encode(`0${JSON.stringify({ sid: this.sid, upgrades, pingInterval, pingTimeout, maxPayload })}`));
    this.#deadline = clock.wakeAt(clock.now() + connectTimeout, () => this.end(NOT_CONNECTED));
    if (this.isVersion3) this.#connect(undefined);
  }

  /** SIO9: the session continues over a WebSocket. */
  upgradeTo(transport: EngineTransport, queued: readonly Uint8Array[]): void {
    this.#transport = transport;
    for (const packet of queued) transport.send(packet);
    if (this.#isPaused) transport.pause();
  }

  /** Charges the rate limit for a poll, or for other input without a request. */
  chargeRateLimit(): void {
    this.#report(STAY);
  }

  /** Reports a malformed packet. */
  reportMalformed(): void {
    this.#report(MALFORMED_LINE);
  }

  /** Handles one packet of the client. */
  receive(packet: EnginePacket): void {
    if (this.#state !== 'open') return;
    this.#packetBytes = Buffer.byteLength(packet);
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
        return this.#report(MALFORMED_LINE);
    }
  }

  /** The client answered a WebSocket ping. */
  controlFrame(): void {
    if (this.#state === 'open' && this.#id !== undefined) this.#context.gateway.controlFrame(this.#id);
  }

  /** The transport is closed. Must be called in a turn of its own. @param end is used if the session had not ended before. */
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

  end(frame: CloseFrame): void {
    if (this.#state !== 'open') return;
    this.#state = 'ending';
    this.#end ??= closedByBroker(frame);
    this.#attachments.clear();
    this.#transport?.end(frame);
  }

  terminate(): void {
    if (this.#state === 'over') return;
    this.#state = 'ending';
    this.#end ??= TERMINATED;
    this.#attachments.clear();
    this.#transport?.terminate();
  }

  spend(units: number): void {
    this.#transport?.spend(units);
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

  /** SIO11. Clients of version 4 send no pings. */
  #pinged(packet: string): void {
    if (!this.isVersion3 || packet.length > MAX_PING_LENGTH) return this.#report(MALFORMED_LINE);
    this.#report(STAY);
    this.send(encoder.encode(`3${packet.slice(1)}`));
  }

  #packet(text: string): void {
    if (this.#attachments.isWaiting) {
      this.#attachments.clear();
      this.#report(MALFORMED_LINE);
    }
    const packet = readPacket(text, 1);
    if (packet === undefined) return this.#report(MALFORMED_LINE);
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
    if (whole === undefined) return this.#report(isWaiting ? STAY : MALFORMED_LINE);
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

  /** SIO7: there is only one namespace. */
  #otherNamespace({ type, namespace }: Packet): void {
    this.#report(STAY);
    if (type === 'connect') this.send(connectError(namespace, { text: 'Invalid namespace' }, this.isVersion3));
  }

  /** SIO10. */
  #connect(auth: string | undefined): void {
    const token = tokenOfAuth(auth) ?? this.#token;
    const rights = rightsOf(this.#context, this.admission.address, token);
    if ('text' in rights) {
      this.#report(STAY);
      this.send(connectError('/', rights, this.isVersion3));
      return rights.ends ? this.end(FAILS_TOO_OFTEN) : undefined;
    }
    this.#deadline?.cancel();
    this.#rights = rights;
    const connectRequest = connectRequestOf(this.admission.connectRequest, rights, token);
    const socket = new SocketIoSocket(this, this, this.#context.lines);
    this.#id = this.#context.gateway.opened(socket, { ...this.admission, carrier: 'socket', connectRequest });
  }

  #event(text: string, packet: Packet, attachments: readonly Uint8Array[]): void {
    const read = readEvent(text, packet.start, this.#context.prefixes, attachments);
    if (typeof read === 'string') return this.#report(read === 'unknown' ? UNKNOWN : MALFORMED_LINE);
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

  /** M8, M19, M22: each packet keeps the client alive and is charged. */
  #report(line: Uint8Array): void {
    if (this.#state !== 'open') return;
    const size = Math.max(this.#packetBytes, line.length);
    if (this.#id !== undefined) return this.#context.gateway.frame(this.#id, line, false, size);
    this.#earlyPackets += 1;
    if (this.#earlyPackets > MAX_EARLY_PACKETS) this.end(CLOSE_FRAMES.sendsTooFast);
  }
}
