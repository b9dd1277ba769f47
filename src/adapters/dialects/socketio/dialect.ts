import type { Dialect, Farewell, Welcome } from '../../../application/ports/dialect.ts';
import type { HttpResponse } from '../../../application/ports/http.ts';
import type { FrameRequest, HttpOutcome, HttpRoute, Introduction } from '../../../application/ports/requests.ts';
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
  readonly #route: HttpRoute = {
    methods: ['GET', 'POST'],
    takesCookies: true,
    ask: ({ query }) => ({
      ask: 'open-stream',
      introduction: this.introduction(query),
      head: () => ({ status: 200, headers: [] }),
    }),
  };

  /** @param path where it is served; without a slash at its end. */
  constructor(path: string) {
    this.#path = path;
  }

  opensAt(path: string): boolean {
    return path === this.#path || path === `${this.#path}/`;
  }

  /** SIO7. */
  introduction(query: string): Extract<Introduction, { as: 'guest' }> {
    return { as: 'guest', key: new URLSearchParams(query).get('key') ?? undefined, joins: [], presence: false };
  }

  /** SIO9: an Engine.IO handshake asks for something that stays open; the transport makes a session of it. */
  routes(path: string): HttpRoute | undefined {
    return this.opensAt(path) ? this.#route : undefined;
  }

  /** SIO7. */
  answer(outcome: HttpOutcome): HttpResponse {
    const reason = outcome.gave === 'refusal' ? outcome.reason : undefined;
    if (reason === 'realm-full') return plain(503, SILENT_REFUSALS['realm-full'].why);
    return plain(404, reason === 'key-unknown' ? SILENT_REFUSALS['key-unknown'].why : 'Not Found');
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

  /** SIO6. */
  welcome({ id }: Welcome): Uint8Array {
    return Buffer.from(JSON.stringify(['welcome', id]));
  }

  prompt(): undefined {
    return undefined;
  }

  refusal(refusal: OpenRefusal): Farewell {
    const silent = SILENT_REFUSALS[refusal.reason];
    return { ...silent, frame: Buffer.from(JSON.stringify(['refused', silent.why])) };
  }

  farewell(ending: Ending): Farewell {
    return SILENT_FAREWELLS[ending];
  }
}

function plain(status: number, body: string): HttpResponse {
  return { status, headers: [['content-type', 'text/plain; charset=utf-8']], body };
}
