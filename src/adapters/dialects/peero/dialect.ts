import type { Dialect, CloseFrame, Registration } from '../../../application/ports/dialect.ts';
import type { HttpResponse } from '../../../application/ports/http.ts';
import type { FrameRequest, ConnectRequest } from '../../../application/ports/requests.ts';
import type { SignalMessage } from '../../../domain/message.ts';
import type { Ending, OpenRefusal } from '../../../domain/refusal.ts';
import type { TopicEvent } from '../../../domain/topic.ts';
import { ENDING_CLOSE_FRAMES, refusalCloseFrame } from '../shared/close-frames.ts';
import { JoinedBytes } from '../shared/joined-bytes.ts';
import { Decoder } from './decode.ts';
import { encodeHello, encodeMessage, encodeEvent } from './encode.ts';

const DEFAULT_TOPIC = 'everybody';

/** A full mesh of peers: docs/protocols/peero.md. */
export class PeeroDialect implements Dialect {
  readonly name = 'peero';
  readonly space = 'peero';
  readonly keepsHistory = false;
  readonly liveness = 'answers';
  readonly pace = 0;
  readonly #path: string;
  readonly #decoder = new Decoder();
  readonly #joined = new JoinedBytes();

  /** @param path without a trailing slash. Requests may have one. */
  constructor(path: string) {
    this.#path = path;
  }

  servesWebSocketAt(path: string): boolean {
    return path === this.#path || path === `${this.#path}/`;
  }

  /** PEO1, PEO8. */
  connectRequest(query: string): ConnectRequest {
    const parameters = new URLSearchParams(query);
    const topic = parameters.get('topic') ?? DEFAULT_TOPIC;
    const [key, token] = ['key', 'token'].map((name) => parameters.get(name) ?? undefined);
    return { as: 'peer-without-id', key, token, selectors: [{ topic }], presence: true };
  }

  /** Sockets only. */
  route(): undefined {
    return undefined;
  }

  httpResponse(): HttpResponse {
    return { status: 404, headers: [], body: '' };
  }

  decode(bytes: Uint8Array, isBinary: boolean, likelyTo?: string): FrameRequest {
    return this.#decoder.decode(bytes, isBinary, likelyTo);
  }

  encode(message: SignalMessage): Uint8Array {
    return encodeMessage(message, this.#joined);
  }

  encodeEvent(event: TopicEvent): Uint8Array | undefined {
    return encodeEvent(event, this.#joined);
  }

  streamPreamble(): undefined {
    return undefined;
  }

  openFrame({ id }: Pick<Registration, 'id'>): Uint8Array {
    return encodeHello(id);
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
