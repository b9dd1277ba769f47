import type { HttpResponse } from '../../application/ports/http.ts';
import type { StreamHead } from '../../application/ports/requests.ts';
import type { ListeningAddress, Transport } from '../../application/ports/transport.ts';
import type { CertificateFiles, TransportSettings } from '../../adapters/transports/shared/settings.ts';
import type { PendingRequest, WebSocketClient, StreamReader, RawConnection } from './network-client.ts';
import type { Capability } from '../contract-test.ts';
import { RecordingGateway, streamAdmissionOf, type RecordedConnection } from './recording-gateway.ts';

/** Each transport declares all of them. */
export interface Capabilities {
  /** The transport carries bytes, which may be malformed. */
  readonly bytes: Capability;
  /** The transport opens and closes the port itself. */
  readonly ownPort: Capability;
  /** The transport limits the size of a head and the time for it. */
  readonly ownHeads: Capability;
  readonly handshakeTimeout: Capability;
  /** The machine has ports that this process may not bind. */
  readonly forbiddenPorts: Capability;
  readonly ipv6: Capability;
  /** The transport counts the received bytes of an incomplete message. */
  readonly countsIncomplete: Capability;
  /** The transport's library keeps the buffer of the largest message of a connection. */
  readonly keepsBuffers: Capability;
  /** The sender of a frame of any size receives 1009. */
  readonly closesHugeFrames: Capability;
  /** The sender of text that is not UTF-8 receives 1007. */
  readonly closesInvalidText: Capability;
  /** The transport reads certificates from files, and the subject has some. */
  readonly certificates: Capability;
}

export interface ConnectOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** The address of this machine to connect to. Default: 127.0.0.1. */
  readonly host?: string;
}

export interface RequestOptions extends ConnectOptions {
  readonly body?: string;
}

/** Client operations on a transport. */
export interface TestClient {
  connect(target: string, options?: ConnectOptions): Promise<WebSocketClient>;
  sendRequest(method: string, target: string, options?: RequestOptions): PendingRequest;
  /** Sends a request, and reads the response as a stream. */
  openStream(method: string, target: string, options?: RequestOptions): Promise<StreamReader>;
  /** @param isBare true to connect without TLS. */
  openRaw(options?: { readonly isBare?: boolean }): Promise<RawConnection>;
}

/** Certificates for `localhost`, which the clients of the subject trust. */
export interface TestCertificates {
  readonly files: CertificateFiles;
  /** Another key and certificate. */
  readonly renewed: CertificateFiles;
  /** A key without a matching certificate. */
  readonly unmatchedKeyFile: string;
}

/** One transport that is not listening yet, and its clients. */
export interface Subject {
  readonly transport: Transport;
  readonly can: Capabilities;
  /** How long a condition may take to become true, in milliseconds of real time. */
  readonly patience: number;
  /** Needed by the capability `certificates`. */
  readonly certificates?: TestCertificates | undefined;
  reach(address: ListeningAddress): TestClient;
  /** A short time passes. */
  readonly elapse: () => Promise<void>;
  readonly dispose: () => Promise<void>;
}

export type Start = (settings: Partial<TransportSettings>) => Promise<Subject>;

/** Both ends of one stream. */
export interface StreamPair {
  readonly reader: StreamReader;
  readonly connection: RecordedConnection;
}

/** Both ends of one connection. */
export interface Pair {
  readonly client: WebSocketClient;
  readonly connection: RecordedConnection;
}

const STREAM_HEAD: StreamHead = { status: 200, headers: [['content-type', 'text/event-stream']] };

/** The settings of clauses without settings of their own. */
export const BOUNDS = {
  maxFrameBytes: 1_048_576,
  sendBufferBytes: 1_048_576,
  handshakeTimeout: 5_000,
  keepAliveTimeout: 5_000,
  maxHeaderBytes: 8_192,
};

/** The fixture of a clause: a listening transport, a recording gateway, and clients. */
export class TransportFixture {
  readonly gateway = new RecordingGateway();
  readonly subject: Subject;
  readonly transport: Transport;
  readonly start: Start;
  readonly #clients: { cut(): void }[] = [];
  readonly #others: Subject[] = [];
  #client: TestClient | undefined;
  #address: ListeningAddress | undefined;
  #isStopped = false;

  private constructor(start: Start, subject: Subject) {
    this.start = start;
    this.subject = subject;
    this.transport = subject.transport;
  }

  /** @param listens whether to listen at once. */
  static async open(
    start: Start,
    { listens = true, settings = {} }: { listens?: boolean; settings?: Partial<TransportSettings> } = {},
  ): Promise<TransportFixture> {
    const fixture = new TransportFixture(start, await start(settings));
    if (listens) await fixture.listen();
    return fixture;
  }

  async listen(): Promise<ListeningAddress> {
    this.#address = await this.transport.listen(this.gateway);
    this.#client = this.subject.reach(this.#address);
    return this.#address;
  }

  get address(): ListeningAddress {
    if (this.#address === undefined) throw new Error('the transport is not listening');
    return this.#address;
  }

  get certificates(): TestCertificates {
    const { certificates } = this.subject;
    if (certificates === undefined) throw new Error('the subject has no certificates, and declares the capability');
    return certificates;
  }

  get client(): TestClient {
    if (this.#client === undefined) throw new Error('the transport is not listening');
    return this.#client;
  }

  /** Another transport of the same kind, which is stopped with the fixture. */
  async another(settings: Partial<TransportSettings>): Promise<Transport> {
    const subject = await this.start(settings);
    this.#others.push(subject);
    return subject.transport;
  }

  async connect(target = '/ws?id=ann', options: ConnectOptions = {}): Promise<Pair> {
    const before = this.gateway.connections.length;
    const client = await this.tryConnect(target, options);
    await this.until(
      'the connection is open at both ends',
      () => this.gateway.connections.length > before && client.state !== 'connecting',
    );
    return { client, connection: this.gateway.connections[before] as RecordedConnection };
  }

  /** Opens a stream: every request is admitted as a stream, with this head. */
  async openStream(head: StreamHead = STREAM_HEAD, options: RequestOptions = {}): Promise<StreamPair> {
    this.gateway.answerRequest = (exchange) => exchange.respondWithStream(head, streamAdmissionOf(exchange.request));
    const before = this.gateway.connections.length;
    this.gateway.onOpened = ({ admission, socket }) => {
      if (admission.carrier === 'stream') socket.write(new TextEncoder().encode('<'));
    };
    const reader = await this.client.openStream('GET', '/stream', options);
    this.#clients.push(reader);
    await this.until('the stream is open at both ends', () => reader.text.startsWith('<'));
    return { reader, connection: this.gateway.connections[before] as RecordedConnection };
  }

  /** Opens a connection that may be rejected. */
  async tryConnect(target = '/ws', options: ConnectOptions = {}): Promise<WebSocketClient> {
    const client = await this.client.connect(target, options);
    this.#clients.push(client);
    return client;
  }

  async openRaw(): Promise<RawConnection> {
    const line = await this.client.openRaw();
    this.#clients.push(line);
    return line;
  }

  sendRequest(method: string, target: string, options: RequestOptions = {}): Promise<HttpResponse> {
    return this.client.sendRequest(method, target, options).answer;
  }

  /** @throws if `condition` does not become true in time. */
  async until(what: string, condition: () => boolean): Promise<void> {
    const deadline = Date.now() + this.subject.patience;
    for (let moments = 0; !condition(); moments++) {
      if (moments > 10 && Date.now() >= deadline) throw new Error(`timeout: ${what}`);
      await this.subject.elapse();
    }
  }

  /** Waits until all input is processed: two round trips and some time pass. */
  async settle(): Promise<void> {
    for (let trip = 0; trip < 2; trip++) {
      if (!this.#isStopped) await this.#trip();
      for (let moment = 0; moment < 5; moment++) await this.subject.elapse();
    }
  }

  async #trip(): Promise<void> {
    const { answerRequest } = this.gateway;
    this.gateway.answerRequest = (exchange) => exchange.respond({ status: 200, headers: [], body: 'here' });
    await this.sendRequest('GET', '/quiet').catch(() => undefined);
    this.gateway.answerRequest = answerRequest;
  }

  /** The connection still works in both directions. */
  async expectAlive({ client, connection }: Pair): Promise<void> {
    const frames = connection.frames.length;
    const words = client.received.length;
    client.send('ping from the client');
    await this.until('a frame arrives', () => connection.frames.length > frames);
    connection.socket.write(new TextEncoder().encode('I am'));
    await this.until('the response is received', () => client.received.length > words);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await within(this.subject.patience, 'stop resolves', this.transport.stop());
  }

  async dispose(): Promise<void> {
    for (const client of this.#clients) client.cut();
    await this.stop();
    await this.subject.dispose();
    await this.stopOthers();
  }

  async stopOthers(): Promise<void> {
    for (const { transport, dispose } of this.#others.splice(0)) {
      await transport.stop();
      await dispose();
    }
  }
}

/** @throws if `promise` takes longer than `patience` and some turns. */
export async function within<T>(patience: number, what: string, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`timeout: ${what}`)), patience + 100);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** One clause of the transport contract. */
export interface Clause {
  readonly name: string;
  readonly needs?: readonly (keyof Capabilities)[];
  /** The clause for a transport that lacks only this capability. Otherwise the clause is listed by name. */
  readonly otherwise?: {
    readonly lacking: keyof Capabilities;
    readonly name: string;
    readonly run: (fixture: TransportFixture) => Promise<void>;
  };
  readonly settings?: Partial<TransportSettings>;
  /** The clause begins before `listen`. */
  readonly isEarly?: true;
  readonly run: (fixture: TransportFixture) => Promise<void>;
}
