import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { subprotocolsOf } from '../../../application/ports/http.ts';
import type { Admission } from '../../../application/ports/transport.ts';
import { ConnectionReporter } from '../shared/connection-reporter.ts';
import { grantedSubprotocol } from '../shared/handshake.ts';
import { CLOSE_GRACE, type PerConnectionLimits } from '../shared/settings.ts';
import { endOfError } from './ends.ts';
import { maxFragments } from './frame-decoder.ts';
import type { AcceptorContext, Handshakes, UpgradeRequest } from './handshakes.ts';
import type { Terminable } from './open-connections.ts';
import { NodeSocket } from './socket.ts';

/** The methods of a `WebSocketServer` that are used. The instance may belong to an embedding program. */
export interface Handshaker {
  handleUpgrade(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    opened: (ws: WebSocket, request: IncomingMessage) => void,
  ): void;
  emit(event: 'connection', ws: WebSocket, request: IncomingMessage): unknown;
}

/** Options for a `WebSocketServer`. */
export interface HandshakerOptions {
  readonly noServer: true;
  readonly perMessageDeflate: false;
  readonly handleProtocols: (offered: ReadonlySet<string>, raw: object) => string | false;
  readonly maxPayload: number;
  /** M23: a message in more fragments is closed with 1008. */
  readonly maxFragments: number;
  readonly closeTimeout: number;
}

/** O13, A11, W7: the subprotocols of handshakes in progress, by request. */
const GRANTED = new WeakMap<object, string | undefined>();

/** Options with which a `WebSocketServer` keeps the contract of the transport. */
export function handshakerOptions({ maxFrameBytes }: PerConnectionLimits): HandshakerOptions {
  // O13, A11: without this function, `ws` would accept the first subprotocol.
  const handleProtocols = (offered: ReadonlySet<string>, raw: object): string | false =>
    (GRANTED.has(raw) ? GRANTED.get(raw) : subprotocolsOf([...offered].join()).granted) ?? false;
  return {
    ...{ noServer: true, perMessageDeflate: false, closeTimeout: CLOSE_GRACE, handleProtocols },
    ...{ maxPayload: maxFrameBytes, maxFragments: maxFragments(maxFrameBytes) },
  };
}

/** Handshakes by a `WebSocketServer`: an embedding program may read and use its sockets. */
export class WsHandshakes implements Handshakes {
  readonly #handshaker: Handshaker;

  constructor(handshaker: Handshaker) {
    this.#handshaker = handshaker;
  }

  open({ raw, request, stream, head }: UpgradeRequest, admission: Admission, context: AcceptorContext): void {
    const { openConnections, reporterContext, handshakeTimeout, failed } = context;
    GRANTED.set(raw, grantedSubprotocol(admission, request));
    const handshake: Terminable = { listPosition: -1, terminate: () => stream.destroy() };
    let timer: NodeJS.Timeout | undefined;
    const done = (): void => {
      clearTimeout(timer);
      openConnections.delete(handshake);
    };
    const abandoned = (): void => {
      reporterContext.gateway.abandoned(admission);
      done();
    };
    openConnections.add(handshake);
    stream.once('close', abandoned);
    let isOpened = false;
    const opened = (ws: WebSocket): void => {
      isOpened = true;
      // As with `peer`, a listener of the embedding program can mark the socket before the peer is registered, or close it.
      this.#handshaker.emit('connection', ws, raw);
      if (ws.readyState !== ws.OPEN) return;
      stream.off('close', abandoned);
      connect(ws, { stream, admission, context });
      done();
      // The broker has already closed the connection.
      if (ws.readyState !== ws.OPEN) failed(raw, 'refused');
    };
    try {
      this.#handshaker.handleUpgrade(raw, stream, head, opened);
    } catch (error) {
      // A listener of the embedding program threw the error.
      if (isOpened) throw error;
      // `ws` throws for a socket that another WebSocketServer has used; the broker must not close that socket.
      stream.off('close', abandoned);
      abandoned();
      return failed(raw, 'taken');
    }
    // An embedding program verifies clients itself, and may never respond.
    if (!isOpened) timer = setTimeout(() => stream.destroy(), handshakeTimeout);
  }
}

/** Reports the events of an open socket. */
function connect(
  ws: WebSocket,
  { stream, admission, context }: { readonly stream: Duplex; readonly admission: Admission; readonly context: AcceptorContext },
): void {
  const { openConnections, reporterContext } = context;
  const reporter = new ConnectionReporter(reporterContext, admission);
  const socket = new NodeSocket(ws, stream, { reporter, context, isBinary: admission.sendsBinary });
  openConnections.add(socket);
  ws.on('message', (bytes: Buffer, isBinary) => socket.receiveMessage(bytes, isBinary));
  ws.on('pong', ({ length }) => socket.receivePong(length));
  ws.on('ping', ({ length }) => socket.receivePing(length));
  // `ws` reads each chunk first, because its listener was added earlier.
  stream.on('data', ({ length }: Buffer) => socket.receiveChunk(length));
  // `ws` sends the close code to the client; the reporter only records how the connection ended.
  ws.on('error', (error) => reporter.stopReporting(endOfError(error)));
  ws.on('close', (code) => {
    socket.closed(code);
    queueMicrotask(() => openConnections.delete(socket));
  });
  // The client ended the connection without a close frame. With compression, messages are decoded later, so `close` is awaited.
  stream.once('end', () => {
    if (ws.extensions === '') socket.closed(1006);
  });
  reporter.opened(socket);
}
