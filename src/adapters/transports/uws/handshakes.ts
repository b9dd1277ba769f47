import type * as uWS from 'uWebSockets.js';
import type { Admission } from '../../../application/ports/transport.ts';
import type { ReporterContext } from '../shared/connection-reporter.ts';
import { grantedSubprotocol, handshakeFault } from '../shared/handshake.ts';
import { NOT_ACCEPTING } from '../shared/requests.ts';
import { refuse, rejectRequest } from './http.ts';
import type { UwsRequest } from './request.ts';
import { UwsSocket, type SocketContext } from './socket.ts';

/** The user data of a socket of the library. */
export interface SocketData {
  readonly socket: UwsSocket;
}

/** Dependencies that all handshakes of a transport share. */
export interface HandshakeContext {
  readonly reporterContext: ReporterContext;
  readonly isAccepting: () => boolean;
  /** For connections with the full message limit. */
  readonly full: SocketContext;
  /** B4: for further connections of an address. */
  readonly reduced: SocketContext;
}

/** A WebSocket upgrade. The route that the library passes decides about its own message limit. */
export interface UpgradeRequest {
  readonly request: UwsRequest;
  readonly response: uWS.HttpResponse;
  /** The route with the full message limit; undefined if the library did not recognize a handshake. */
  readonly route: uWS.us_socket_context_t | undefined;
}

/** An upgrade that the gateway accepted. */
interface AcceptedUpgrade {
  readonly upgrade: UpgradeRequest;
  readonly admission: Admission;
  readonly fullRoute: uWS.us_socket_context_t;
  /** B4: the address can't reserve the full message limit. */
  readonly isReduced: boolean;
}

/**
 * Completes WebSocket handshakes. The library has one route for each message limit, and passes the second one only to a request
 * to which the first has yielded.
 *
 * Handshakes don't wait for a later turn (M23), but the openings of their connections do: to complete a handshake later in one
 * write, it must be within `cork`, and the library then closes some of the connections.
 */
export class Handshakes {
  readonly #context: HandshakeContext;
  /** B4: the upgrade to which the first route has yielded. */
  #yielded: AcceptedUpgrade | undefined;

  constructor(context: HandshakeContext) {
    this.#context = context;
  }

  /** @param raw is valid only within this call. */
  request(upgrade: UpgradeRequest, raw: uWS.HttpRequest): void {
    const accepted = this.#accept(upgrade);
    if (accepted === undefined) return;
    if (!accepted.isReduced) return this.#complete(accepted, accepted.fullRoute);
    this.#yielded = accepted;
    raw.setYield(true);
  }

  /** @returns false if the request is no upgrade to which the first route has yielded. */
  continue(reducedRoute: uWS.us_socket_context_t): boolean {
    const yielded = this.#yielded;
    if (yielded === undefined) return false;
    this.#yielded = undefined;
    this.#complete(yielded, reducedRoute);
    return true;
  }

  /** @returns undefined if the upgrade was rejected. */
  #accept(upgrade: UpgradeRequest): AcceptedUpgrade | undefined {
    const { isAccepting, full, reduced, reporterContext } = this.#context;
    const { gateway } = reporterContext;
    const { request, response, route } = upgrade;
    // A handshake takes as long as many messages, and handshakes come in bursts.
    full.outbox.flush();
    if (!isAccepting()) return void refuse(gateway, upgrade, NOT_ACCEPTING);
    const answer = gateway.upgrade(request);
    if (!answer.accept) return void rejectRequest(response, answer.response);
    const fault = handshakeFault(request);
    if (fault !== undefined || route === undefined) {
      gateway.abandoned(answer);
      return void refuse(gateway, upgrade, fault ?? NOT_ACCEPTING);
    }
    const { maxFrameBytes } = full.limits;
    const isReduced = maxFrameBytes > reduced.limits.maxFrameBytes && answer.memory?.reserve(maxFrameBytes) === false;
    return { upgrade, admission: answer, fullRoute: route, isReduced };
  }

  #complete({ upgrade, admission, isReduced }: AcceptedUpgrade, route: uWS.us_socket_context_t): void {
    const { request, response } = upgrade;
    const { full, reduced, reporterContext } = this.#context;
    const userData: SocketData = { socket: new UwsSocket(reporterContext, admission, isReduced ? reduced : full) };
    const key = request.header('sec-websocket-key') ?? '';
    // O13, A11: without a subprotocol, the library would accept the first one.
    response.upgrade(userData, key, grantedSubprotocol(admission, request) ?? '', '', route);
  }
}
