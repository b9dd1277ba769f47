import { hash } from 'node:crypto';
import type { Duplex } from 'node:stream';
import type { HttpRequest } from '../../../application/ports/http.ts';
import type { Admission } from '../../../application/ports/transport.ts';
import { grantedSubprotocol } from '../shared/handshake.ts';
import { ConnectionReporter } from '../shared/connection-reporter.ts';
import { DirectSocket, type DirectSocketContext } from './direct-socket.ts';
import { FrameDecoder } from './frame-decoder.ts';
import { FrameMemory } from './frame-memory.ts';
import type { AcceptorContext, Handshakes, UpgradeRequest } from './handshakes.ts';

/** RFC 6455 appends it to the key of the client. */
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** Handshakes of the broker's own server: without `ws`, at half of its cost. */
export class DirectHandshakes implements Handshakes {
  readonly #opened: (stream: Duplex) => void;
  #context: DirectSocketContext | undefined;

  /** @param opened is called for each connection. */
  constructor(opened: (stream: Duplex) => void) {
    this.#opened = opened;
  }

  open({ request, stream, head }: UpgradeRequest, admission: Admission, acceptor: AcceptorContext): void {
    this.#context ??= contextOf(acceptor);
    const reporter = new ConnectionReporter(acceptor.reporterContext, admission);
    const socket = new DirectSocket(stream, { reporter, context: this.#context, isBinary: admission.sendsBinary });
    acceptor.openConnections.add(socket);
    acceptor.pacedEnds?.add(stream);
    this.#opened(stream);
    socket.start(responseTo(request, grantedSubprotocol(admission, request)), head);
    reporter.opened(socket);
  }
}

function contextOf(acceptor: AcceptorContext): DirectSocketContext {
  const frameMemory = new FrameMemory();
  // All frames of a turn are written then.
  acceptor.turnEnd.afterAll(() => frameMemory.reuse());
  return { ...acceptor, decoder: new FrameDecoder(acceptor.limits.maxFrameBytes), frameMemory };
}

/** @param granted O13, A11, W7: the subprotocol, if any. */
function responseTo(request: HttpRequest, granted: string | undefined): string {
  const accept = hash('sha1', `${request.header('sec-websocket-key') ?? ''}${GUID}`, 'base64');
  const subprotocol = granted === undefined ? '' : `Sec-WebSocket-Protocol: ${granted}\r\n`;
  return `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n${subprotocol}\r\n`;
}
