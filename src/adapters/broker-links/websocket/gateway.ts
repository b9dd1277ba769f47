import type { ConnectionId } from '../../../domain/ids.ts';
import type { SignalMessage } from '../../../domain/message.ts';
import type { AccessRefusal } from '../../../domain/refusal.ts';
import type { HttpRequest, HttpResponse } from '../../../application/ports/http.ts';
import type { Socket } from '../../../application/ports/socket.ts';
import type { Admission, ConnectionEnd, Gateway, HttpExchange, UpgradeAnswer } from '../../../application/ports/transport.ts';

/** A connection of the transport that is a link, or will be one. */
export interface LinkConnection {
  readonly frame: (bytes: Uint8Array) => void;
  readonly closed: () => void;
}

export interface LinkGatewayParts {
  /** For all other connections. */
  readonly inner: Gateway;
  readonly path: string;
  /** @returns the response to a refused link; undefined to accept it. */
  readonly refusalOf: (request: HttpRequest) => HttpResponse | undefined;
  /** An accepted link is open. @param query of its request. */
  readonly opened: (socket: Socket, query: string) => LinkConnection;
  /** An accepted link was not opened. */
  readonly abandoned: () => void;
}

interface LinkAdmission extends Admission {
  readonly query: string;
}

/** Takes the links out of the reports of a transport. */
export class LinkGateway implements Gateway {
  readonly #parts: LinkGatewayParts;
  readonly #inner: Gateway;
  /** By id. Their ids are negative, which those of other connections never are. */
  readonly #links = new Map<ConnectionId, LinkConnection>();
  #lastId = 0;

  constructor(parts: LinkGatewayParts) {
    this.#parts = parts;
    this.#inner = parts.inner;
  }

  httpRequest(exchange: HttpExchange): void {
    this.#inner.httpRequest(exchange);
  }

  upgrade(request: HttpRequest): UpgradeAnswer {
    const { path, refusalOf } = this.#parts;
    if (request.path !== path) return this.#inner.upgrade(request);
    const response = refusalOf(request);
    if (response !== undefined) return { accept: false, response };
    const admission: LinkAdmission = {
      ...{ accept: true, dialect: 'link', carrier: 'socket', sendsBinary: true, address: request.remoteAddress },
      connectRequest: { as: 'guest', key: undefined, selectors: [], presence: false },
      query: request.query,
    };
    return admission;
  }

  abandoned(admission: Admission): void {
    if ('query' in admission) this.#parts.abandoned();
    else this.#inner.abandoned(admission);
  }

  refused(request: HttpRequest, response: HttpResponse): void {
    this.#inner.refused(request, response);
  }

  tokenRefused(address: string, refusal: AccessRefusal): boolean {
    return this.#inner.tokenRefused(address, refusal);
  }

  opened(socket: Socket, admission: Admission): ConnectionId {
    if (!('query' in admission)) return this.#inner.opened(socket, admission);
    const id = --this.#lastId as ConnectionId;
    this.#links.set(id, this.#parts.opened(socket, (admission as LinkAdmission).query));
    return id;
  }

  frame(id: ConnectionId, bytes: Uint8Array, isBinary: boolean, size?: number): void {
    if (id < 0) this.#links.get(id)?.frame(bytes);
    else this.#inner.frame(id, bytes, isBinary, size);
  }

  continueFrame(id: ConnectionId): void {
    if (id >= 0) this.#inner.continueFrame(id);
  }

  controlFrame(id: ConnectionId): void {
    if (id >= 0) this.#inner.controlFrame(id);
  }

  unsent(id: ConnectionId, message: SignalMessage): void {
    if (id >= 0) this.#inner.unsent(id, message);
  }

  closed(id: ConnectionId, end: ConnectionEnd): void {
    if (id >= 0) return this.#inner.closed(id, end);
    const link = this.#links.get(id);
    this.#links.delete(id);
    link?.closed();
  }
}
