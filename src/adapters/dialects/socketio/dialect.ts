import type { Dialect, Farewell } from '../../../application/ports/dialect.ts';
import type { HttpResponse } from '../../../application/ports/http.ts';
import type { FrameRequest, Introduction } from '../../../application/ports/requests.ts';
import type { Ending, OpenRefusal } from '../../../domain/refusal.ts';
import type { News } from '../../../domain/topic.ts';
import { SILENT_FAREWELLS, SILENT_REFUSALS } from '../shared/farewells.ts';
import { readLine } from './decode.ts';
import { newsLine } from './encode.ts';

/**
 * Topics over Socket.IO, in lines between this dialect and the transport that talks to the library:
 * docs/protocols/socketio.md.
 */
export class SocketIoDialect implements Dialect {
  readonly name = 'socketio';
  readonly space = 'updates';
  readonly remembers = true;
  readonly liveness = 'answers';
  readonly pace = 0;
  readonly #path: string;

  /** @param path where it is served; without a slash at its end. */
  constructor(path: string) {
    this.#path = path;
  }

  opensAt(path: string): boolean {
    return path === this.#path || path === `${this.#path}/`;
  }

  /** SIO7. */
  introduction(query: string): Introduction {
    return { as: 'guest', key: new URLSearchParams(query).get('key') ?? undefined, joins: [], presence: false };
  }

  /** What the library serves over HTTP is its own. */
  routes(): undefined {
    return undefined;
  }

  answer(): HttpResponse {
    return { status: 404, headers: [], body: '' };
  }

  decode(bytes: Uint8Array, isBinary: boolean): FrameRequest {
    return readLine(bytes, isBinary);
  }

  /** Nobody can be addressed here. */
  encode(): undefined {
    return undefined;
  }

  tell(news: News): Uint8Array | undefined {
    return newsLine(news);
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
