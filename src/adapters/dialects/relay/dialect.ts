import type { Dialect, CloseFrame } from '../../../application/ports/dialect.ts';
import type { HttpResponse } from '../../../application/ports/http.ts';
import type { FrameRequest, ConnectRequest } from '../../../application/ports/requests.ts';
import type { Ending, OpenRefusal } from '../../../domain/refusal.ts';
import type { TopicEvent } from '../../../domain/topic.ts';
import { ENDING_CLOSE_FRAMES, refusalCloseFrame } from '../shared/close-frames.ts';
import { JoinedBytes } from '../shared/joined-bytes.ts';
import { Decoder } from './decode.ts';
import { encodeEvent } from './encode.ts';

/** The wires of the y-webrtc signalling server and of Trystero's relay: docs/protocols/relay.md. */
export class RelayDialect implements Dialect {
  readonly name = 'relay';
  readonly space = 'relay';
  readonly keepsHistory = false;
  /** REL3. */
  readonly liveness = 'answers';
  readonly pace = 0;
  readonly #path: string;
  readonly #decoder: Decoder;
  readonly #joined = new JoinedBytes();

  /**
   * @param path without a trailing slash. Requests may have one.
   * @param topicsPerConnection the limit of topics of a connection.
   */
  constructor(path: string, topicsPerConnection?: number) {
    this.#path = path;
    this.#decoder = new Decoder(topicsPerConnection);
  }

  servesWebSocketAt(path: string): boolean {
    return path === this.#path || path === `${this.#path}/`;
  }

  /** REL5. */
  connectRequest(query: string): ConnectRequest {
    const parameters = new URLSearchParams(query);
    const [key, token] = ['key', 'token'].map((name) => parameters.get(name) ?? undefined);
    return { as: 'guest', key, token, selectors: [], presence: false };
  }

  /** Sockets only. */
  route(): undefined {
    return undefined;
  }

  httpResponse(): HttpResponse {
    return { status: 404, headers: [], body: '' };
  }

  decode(bytes: Uint8Array, isBinary: boolean): FrameRequest {
    return this.#decoder.decode(bytes, isBinary);
  }

  /** Clients of this wire are not addressable. */
  encode(): undefined {
    return undefined;
  }

  encodeEvent(event: TopicEvent): Uint8Array | undefined {
    return encodeEvent(event, this.#joined);
  }

  streamPreamble(): undefined {
    return undefined;
  }

  openFrame(): undefined {
    return undefined;
  }

  keepAliveFrame(): undefined {
    return undefined;
  }

  refusal(refusal: OpenRefusal): CloseFrame {
    return refusalCloseFrame(refusal);
  }

  closeFrame(ending: Ending): CloseFrame {
    return ENDING_CLOSE_FRAMES[ending];
  }
}
