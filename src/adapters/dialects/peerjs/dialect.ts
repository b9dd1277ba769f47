import type { Dialect, Farewell, Welcome } from '../../../application/ports/dialect.ts';
import type { HttpResponse } from '../../../application/ports/http.ts';
import type { FrameRequest, HttpOutcome, HttpRoute, Introduction } from '../../../application/ports/requests.ts';
import type { SignalMessage } from '../../../domain/message.ts';
import type { Ending, OpenRefusal } from '../../../domain/refusal.ts';
import type { Liveness } from '../../../domain/session.ts';
import { SILENT_FAREWELLS } from '../shared/farewells.ts';
import { Decoder } from './decode.ts';
import { Encoder } from './encode.ts';
import { answerOf } from './http.ts';
import { KnownTexts } from '../shared/known-texts.ts';
import { REFUSALS } from './refusals.ts';
import { readCredentials, Routes } from './routes.ts';

const OPEN = Buffer.from('{"type":"OPEN"}');

/** The wire of `peerjs` clients: docs/protocols/peerjs.md. */
export class PeerjsDialect implements Dialect {
  readonly name = 'peerjs';
  readonly space = 'peerjs';
  readonly remembers = false;
  readonly pace = 0;
  readonly liveness: Liveness;
  readonly #routes: Routes;
  readonly #decoder: Decoder;
  readonly #encoder: Encoder;

  /**
   * @param prefix where it is served; begins and ends with a slash.
   * @param liveness X7: `answers` where first-generation clients are about, which send no heartbeat.
   */
  constructor(prefix: string, liveness: Liveness = 'speaks') {
    this.liveness = liveness;
    this.#routes = new Routes(prefix);
    const known = new KnownTexts();
    this.#decoder = new Decoder(known);
    this.#encoder = new Encoder(known);
  }

  opensAt(path: string): boolean {
    return this.#routes.opensAt(path);
  }

  introduction(query: string): Introduction {
    const { key, id, token } = readCredentials(query);
    return { as: 'peer', key, id, token };
  }

  routes(path: string): HttpRoute | undefined {
    return this.#routes.find(path);
  }

  answer(outcome: HttpOutcome): HttpResponse {
    return answerOf(outcome);
  }

  decode(bytes: Uint8Array, isBinary: boolean): FrameRequest {
    return this.#decoder.decode(bytes, isBinary);
  }

  encode(message: SignalMessage): Uint8Array {
    return this.#encoder.encode(message);
  }

  /** No client of this wire knows topics. */
  tell(): undefined {
    return undefined;
  }

  preface(): undefined {
    return undefined;
  }

  prompt(): undefined {
    return undefined;
  }

  /** O3, O5; X5: a client that heard OPEN on its stream does not hear it again. */
  welcome({ replaces }: Pick<Welcome, 'replaces'>): Uint8Array | undefined {
    return replaces === 'stream' ? undefined : OPEN;
  }

  refusal(refusal: OpenRefusal): Farewell {
    return REFUSALS[refusal.reason];
  }

  farewell(ending: Ending): Farewell {
    return SILENT_FAREWELLS[ending];
  }
}
