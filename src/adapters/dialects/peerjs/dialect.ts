import type { Dialect, CloseFrame, Registration, TokenNotice } from '../../../application/ports/dialect.ts';
import type { HttpResponse } from '../../../application/ports/http.ts';
import type { IssuedIceServers } from '../../../application/ports/ice-servers.ts';
import type { FrameRequest, HttpOutcome, HttpRoute, ConnectRequest } from '../../../application/ports/requests.ts';
import type { SignalMessage } from '../../../domain/message.ts';
import type { Ending, OpenRefusal } from '../../../domain/refusal.ts';
import type { Liveness } from '../../../domain/session.ts';
import { ENDING_CLOSE_FRAMES } from '../shared/close-frames.ts';
import { Decoder } from './decode.ts';
import { Encoder } from './encode.ts';
import { iceFrame } from './ice-responses.ts';
import { responseTo } from './responses.ts';
import { TextCache } from '../shared/text-cache.ts';
import { EXPIRED, refusalFrame, REMOVED } from './refusals.ts';
import { isVersionOne, readCredentials, Routes, type PeerjsPages } from './routes.ts';
import { tokenFrame } from './token-frames.ts';

const OPEN = Buffer.from('{"type":"OPEN"}');

/** The wire of `peerjs` clients: docs/protocols/peerjs.md. */
export class PeerjsDialect implements Dialect {
  readonly name: string = 'peerjs';
  readonly space = 'peerjs';
  readonly keepsHistory = false;
  readonly pace = 0;
  readonly liveness: Liveness;
  readonly #routes: Routes;
  readonly #decoder: Decoder;
  readonly #encoder: Encoder;

  /**
   * @param prefix the path of this dialect; begins and ends with a slash.
   * @param liveness X7: `answers` if PeerJS 0.3 clients are served, because these send no heartbeat.
   * @param servesIce I1, I13: whether the realm of a key has ICE servers.
   * @param pages H1, H20: for browsers.
   */
  constructor(
    prefix: string,
    liveness: Liveness = 'sends',
    servesIce: (key: string) => boolean = () => false,
    pages: PeerjsPages = {},
  ) {
    this.liveness = liveness;
    this.#routes = new Routes(prefix, servesIce, pages);
    const cache = new TextCache();
    this.#decoder = new Decoder(cache);
    this.#encoder = new Encoder(cache);
  }

  servesWebSocketAt(path: string): boolean {
    return this.#routes.opensAt(path);
  }

  connectRequest(query: string): ConnectRequest {
    const { key, id, token } = readCredentials(query);
    return { as: 'peer', key, id, token, canRefresh: isVersionOne(query) };
  }

  route(path: string): HttpRoute | undefined {
    return this.#routes.find(path);
  }

  httpResponse(outcome: HttpOutcome): HttpResponse {
    return responseTo(outcome);
  }

  decode(bytes: Uint8Array, isBinary: boolean, likelyTo?: string): FrameRequest {
    return this.#decoder.decode(bytes, isBinary, likelyTo);
  }

  encode(message: SignalMessage): Uint8Array {
    return this.#encoder.encode(message);
  }

  /** This wire has no topics. */
  encodeEvent(): undefined {
    return undefined;
  }

  streamPreamble(): undefined {
    return undefined;
  }

  keepAliveFrame(): undefined {
    return undefined;
  }

  /** O3, O5; X5: a client receives OPEN only once, on its stream or on its socket. */
  openFrame({ replaces }: Pick<Registration, 'replaces'>): Uint8Array | undefined {
    return replaces === 'stream' ? undefined : OPEN;
  }

  iceFrame(issued: IssuedIceServers): Uint8Array {
    return iceFrame(issued);
  }

  tokenFrame(notice: TokenNotice): Uint8Array {
    return tokenFrame(notice);
  }

  refusal(refusal: OpenRefusal): CloseFrame {
    return refusalFrame(refusal);
  }

  closeFrame(ending: Ending): CloseFrame {
    if (ending === 'removed') return REMOVED;
    return ending === 'expired' ? EXPIRED : ENDING_CLOSE_FRAMES[ending];
  }
}
