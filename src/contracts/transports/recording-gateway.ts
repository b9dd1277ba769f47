import type { HttpRequest, HttpResponse } from '../../application/ports/http.ts';
import type { ConnectRequest } from '../../application/ports/requests.ts';
import type { Socket, WriteOutcome } from '../../application/ports/socket.ts';
import type { Admission, ConnectionEnd, HttpExchange, Gateway, UpgradeAnswer } from '../../application/ports/transport.ts';
import type { AccessRefusal } from '../../domain/refusal.ts';
import { connectionId, type ConnectionId } from '../../domain/ids.ts';
import type { SignalMessage } from '../../domain/message.ts';

/** A copy of one reported message. */
export interface ReceivedFrame {
  readonly bytes: Uint8Array;
  readonly isBinary: boolean;
  /** M22. */
  readonly size: number;
}

/** One connection of the recording gateway: its reports and its socket. */
export interface RecordedConnection {
  readonly id: ConnectionId;
  readonly socket: Socket;
  readonly admission: Admission;
  readonly frames: ReceivedFrame[];
  /** Messages that the socket accepted and did not send. */
  readonly unsent: SignalMessage[];
  aliveCount: number;
  closedCount: number;
  /** The reported end of the connection. */
  end: ConnectionEnd | undefined;
  /** Reports after the connection was closed. */
  readonly late: string[];
}

/** A copy of a request, made in its own turn. */
export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly remoteAddress: string;
  readonly headers: ReadonlyMap<string, string | undefined>;
}

const WATCHED_HEADERS = ['host', 'origin', 'x-forwarded-for', 'x-nobody', '__proto__', 'constructor'];

/** A gateway that records all reports, answers as a test configures it, and detects violations of the turn rules. */
export class RecordingGateway implements Gateway {
  readonly connections: RecordedConnection[] = [];
  readonly requests: RecordedRequest[] = [];
  readonly upgrades: RecordedRequest[] = [];
  readonly accepted: Admission[] = [];
  readonly abandonedAdmissions: Admission[] = [];
  readonly tokenRefusals: AccessRefusal[] = [];
  maxTokenRefusals = Number.POSITIVE_INFINITY;
  /** Requests that the transport rejected itself. */
  readonly refusals: { readonly path: string; readonly status: number }[] = [];
  /** Reports that were made within a call to a socket, or within another report. */
  readonly reentrantCalls: string[] = [];

  answerUpgrade: (request: HttpRequest) => UpgradeAnswer = (request) => admissionOf(request);
  answerRequest: (exchange: HttpExchange) => void = (exchange) => exchange.respond({ status: 200, headers: [], body: 'here' });
  onOpened: (recorded: RecordedConnection) => void = () => undefined;
  onFrame: (recorded: RecordedConnection, bytes: Uint8Array) => void = () => undefined;
  onContinue: (recorded: RecordedConnection) => void = () => undefined;

  #socketCalls = 0;
  #reports = 0;

  httpRequest(exchange: HttpExchange): void {
    this.#report('http', () => {
      this.requests.push(seen(exchange.request));
      this.answerRequest(exchange);
    });
  }

  upgrade(request: HttpRequest): UpgradeAnswer {
    return this.#report('upgrade', () => {
      this.upgrades.push(seen(request));
      const answer = this.answerUpgrade(request);
      if (answer.accept) this.accepted.push(answer);
      return answer;
    });
  }

  abandoned(admission: Admission): void {
    const what = admission.carrier === 'stream' ? 'the opening of a stream' : 'abandoned';
    this.#report(what, () => void this.abandonedAdmissions.push(admission));
  }

  refused(request: HttpRequest, response: HttpResponse): void {
    this.#report('refused', () => void this.refusals.push({ path: request.path, status: response.status }));
  }

  tokenRefused(_address: string, refusal: AccessRefusal): boolean {
    this.tokenRefusals.push(refusal);
    return this.tokenRefusals.length < this.maxTokenRefusals;
  }

  opened(socket: Socket, admission: Admission): ConnectionId {
    return this.#report(admission.carrier === 'stream' ? 'the opening of a stream' : 'opened', () => {
      const id = connectionId(this.connections.length, 1);
      const recorded: RecordedConnection = {
        id,
        socket: this.#guarded(socket),
        admission,
        frames: [],
        unsent: [],
        aliveCount: 0,
        closedCount: 0,
        end: undefined,
        late: [],
      };
      this.connections.push(recorded);
      this.onOpened(recorded);
      return id;
    });
  }

  frame(connection: ConnectionId, bytes: Uint8Array, isBinary: boolean, size = bytes.length): void {
    this.#report('frame', () => {
      const recorded = this.#find(connection);
      if (recorded.closedCount > 0) recorded.late.push('frame');
      recorded.frames.push({ bytes: new Uint8Array(bytes), isBinary, size });
      this.onFrame(recorded, bytes);
    });
  }

  continueFrame(connection: ConnectionId): void {
    this.#report('continueFrame', () => {
      const recorded = this.#find(connection);
      if (recorded.closedCount > 0) recorded.late.push('continueFrame');
      this.onContinue(recorded);
    });
  }

  controlFrame(connection: ConnectionId): void {
    this.#report('controlFrame', () => {
      const recorded = this.#find(connection);
      if (recorded.closedCount > 0) recorded.late.push('controlFrame');
      recorded.aliveCount++;
    });
  }

  unsent(connection: ConnectionId, message: SignalMessage): void {
    this.#report('unsent', () => {
      const recorded = this.#find(connection);
      if (recorded.closedCount > 0) recorded.late.push('unsent');
      recorded.unsent.push(message);
    });
  }

  closed(connection: ConnectionId, end: ConnectionEnd): void {
    this.#report('closed', () => {
      const recorded = this.#find(connection);
      recorded.end ??= end;
      recorded.closedCount++;
    });
  }

  get openCount(): number {
    return this.connections.filter(({ closedCount }) => closedCount === 0).length;
  }

  #report<T>(what: string, turn: () => T): T {
    if (this.#socketCalls > 0) this.reentrantCalls.push(`${what} was reported within a call to a socket`);
    if (this.#reports > 0 && what !== 'the opening of a stream') {
      this.reentrantCalls.push(`${what} was reported within another report`);
    }
    this.#reports++;
    try {
      return turn();
    } finally {
      this.#reports--;
    }
  }

  #guarded(socket: Socket): Socket {
    const during = <T>(call: () => T): T => {
      this.#socketCalls++;
      try {
        return call();
      } finally {
        this.#socketCalls--;
      }
    };
    return {
      maxFrameBytes: socket.maxFrameBytes,
      write: (text, message): WriteOutcome => during(() => socket.write(text, message)),
      close: (code, why) => during(() => socket.close(code, why)),
      terminate: () => during(() => socket.terminate()),
      ping: () => during(() => socket.ping()),
      pause: () => during(() => socket.pause()),
      resume: () => during(() => socket.resume()),
      ...(socket.spend && { spend: (units) => during(() => socket.spend?.(units)) }),
      ...(socket.mayContinue && { mayContinue: () => during(() => socket.mayContinue?.() !== false) }),
    };
  }

  #find(connection: ConnectionId): RecordedConnection {
    const recorded = this.connections.find(({ id }) => id === connection);
    if (recorded === undefined) throw new Error(`connection ${connection} was never opened`);
    return recorded;
  }
}

export function admissionOf(request: HttpRequest): Admission {
  return {
    accept: true,
    dialect: 'echo',
    carrier: 'socket',
    connectRequest: introducing(request.query),
    address: request.remoteAddress,
  };
}

/** The admission of a stream. */
export function streamAdmissionOf(request: HttpRequest): Admission {
  return { ...admissionOf(request), carrier: 'stream' };
}

/** An admission for tests that do not check it. */
export const ADMISSION: Admission = {
  accept: true,
  dialect: 'echo',
  carrier: 'socket',
  connectRequest: introducing(''),
  address: '',
};

function introducing(id: string): ConnectRequest {
  return { as: 'peer', key: undefined, id, token: undefined };
}

export function textOf({ bytes }: ReceivedFrame): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}

function seen(request: HttpRequest): RecordedRequest {
  const { method, path, query, remoteAddress } = request;
  const headers = new Map(WATCHED_HEADERS.map((name) => [name, request.header(name)]));
  return { method, path, query, remoteAddress, headers };
}
