import type { Dialect, Farewell } from '../../../application/ports/dialect.ts';
import type { HttpResponse } from '../../../application/ports/http.ts';
import type { FrameRequest, Introduction } from '../../../application/ports/requests.ts';
import type { Ending, OpenRefusal } from '../../../domain/refusal.ts';
import type { News } from '../../../domain/topic.ts';
import { SILENT_FAREWELLS, SILENT_REFUSALS } from '../shared/farewells.ts';
import { Decoder } from './decode.ts';
import { newsText } from './encode.ts';

/** The signalling wire of y-webrtc, and Trystero's own relay: docs/protocols/relay.md. */
export class RelayDialect implements Dialect {
  readonly name = 'relay';
  readonly space = 'relay';
  readonly remembers = false;
  /** REL3. */
  readonly liveness = 'answers';
  readonly pace = 0;
  readonly #path: string;
  readonly #decoder = new Decoder();

  /** @param path where it is served; without a slash at its end, which changes nothing. */
  constructor(path: string) {
    this.#path = path;
  }

  opensAt(path: string): boolean {
    return path === this.#path || path === `${this.#path}/`;
  }

  /** REL5. */
  introduction(query: string): Introduction {
    return { as: 'guest', key: new URLSearchParams(query).get('key') ?? undefined, joins: [], presence: false };
  }

  /** Sockets only. */
  routes(): undefined {
    return undefined;
  }

  answer(): HttpResponse {
    return { status: 404, headers: [], body: '' };
  }

  decode(bytes: Uint8Array, isBinary: boolean): FrameRequest {
    return this.#decoder.decode(bytes, isBinary);
  }

  /** Nobody can be addressed here. */
  encode(): undefined {
    return undefined;
  }

  tell(news: News): Uint8Array | undefined {
    return newsText(news);
  }

  preface(): undefined {
    return undefined;
  }

  welcome(): undefined {
    return undefined;
  }

  prompt(): undefined {
    return undefined;
  }

  refusal(refusal: OpenRefusal): Farewell {
    return SILENT_REFUSALS[refusal.reason];
  }

  farewell(ending: Ending): Farewell {
    return SILENT_FAREWELLS[ending];
  }
}
