import type { Dialect, Farewell, Welcome } from '../../../application/ports/dialect.ts';
import type { HttpResponse } from '../../../application/ports/http.ts';
import type { FrameRequest, Introduction } from '../../../application/ports/requests.ts';
import type { SignalMessage } from '../../../domain/message.ts';
import type { Ending, OpenRefusal } from '../../../domain/refusal.ts';
import type { News } from '../../../domain/topic.ts';
import { SILENT_FAREWELLS, SILENT_REFUSALS } from '../shared/farewells.ts';
import { Decoder } from './decode.ts';
import { helloText, messageText, newsText } from './encode.ts';

const EVERYBODY = 'everybody';

/** A mesh of all who are there: docs/protocols/peero.md. */
export class PeeroDialect implements Dialect {
  readonly name = 'peero';
  readonly space = 'peero';
  readonly remembers = false;
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

  /** PEO1, PEO8. */
  introduction(query: string): Introduction {
    const parameters = new URLSearchParams(query);
    const topic = parameters.get('topic') ?? EVERYBODY;
    return { as: 'newcomer', key: parameters.get('key') ?? undefined, joins: [{ topic }], presence: true };
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

  encode(message: SignalMessage): Uint8Array {
    return messageText(message);
  }

  tell(news: News): Uint8Array | undefined {
    return newsText(news);
  }

  preface(): undefined {
    return undefined;
  }

  welcome({ id }: Pick<Welcome, 'id'>): Uint8Array {
    return helloText(id);
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
