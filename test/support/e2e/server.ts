import { Child, type Exit } from './child.ts';
import { freePort } from './free-port.ts';
import { sendRequest } from './http.ts';
import { LOOPBACK, type ServerKind, type ServerOptions } from './server-kinds.ts';
import { until, within } from './until.ts';
import { ServerClient, type Address } from './server-client.ts';

export interface ServerStartOptions {
  readonly kind: ServerKind;
  readonly options?: ServerOptions;
  readonly environment?: Readonly<Record<string, string>>;
  /** The host for the readiness check. */
  readonly host?: string;
  /** A fixed port, for a server that is restarted. */
  readonly port?: number;
}

/** Generous, because a busy machine suspends a process for seconds. Only a failure waits as long. */
const START_TIMEOUT_MS = 60_000;
const TIMEOUT_MS = 45_000;
const ATTEMPTS = 5;
const PORT_TAKEN = /EADDRINUSE|in use/;

/** A server process on loopback. */
export class Server extends ServerClient {
  readonly kind: ServerKind;
  readonly #child: Child;

  private constructor(kind: ServerKind, child: Child, address: Address) {
    super(address, TIMEOUT_MS);
    this.kind = kind;
    this.#child = child;
  }

  /** Starts a server on a free port and waits until it answers. Retries with another port if the port is taken. */
  static async start({ kind, options = {}, environment = {}, host = LOOPBACK, port }: ServerStartOptions): Promise<Server> {
    for (let attempt = 1; ; attempt++) {
      const address = { host, port: port ?? (await freePort()), secure: 'sslkey' in options, ...pathAndKey(options) };
      const child = new Child(kind.command(address.port, options), environment);
      const server = new Server(kind, child, address);
      if (await server.#waitUntilReady()) return server;
      await child.stop();
      if (attempt < ATTEMPTS && PORT_TAKEN.test(server.output)) continue;
      throw new Error(`${kind.name} does not answer on port ${address.port}: ${server.output}`);
    }
  }

  /** The standard output and error. */
  get output(): string {
    return this.#child.stdout + this.#child.stderr;
  }

  get pid(): number {
    return this.#child.pid;
  }

  get isRunning(): boolean {
    return this.#child.isRunning;
  }

  get exited(): Promise<Exit> {
    return this.#child.exited;
  }

  signal(name: NodeJS.Signals): void {
    this.#child.signal(name);
  }

  stop(): Promise<Exit> {
    return this.#child.stop();
  }

  /** A graceful shutdown, which no SIGKILL cuts short. */
  drain(): Promise<Exit> {
    this.signal('SIGTERM');
    return within(TIMEOUT_MS, `${this.kind.name} to exit`, this.exited);
  }

  async #waitUntilReady(): Promise<boolean> {
    const { host, port, secure, path } = this;
    const place = { host, port, secure, timeoutMs: 1_000 };
    const outcome = await until(START_TIMEOUT_MS, `${this.kind.name} to answer or to end`, async () => {
      if (!this.isRunning || PORT_TAKEN.test(this.output)) return 'ended';
      return (await sendRequest(place, path)).status === 200 ? 'ready' : undefined;
    }).catch(() => 'silent');
    return outcome === 'ready' && this.isRunning && !PORT_TAKEN.test(this.output);
  }
}

function pathAndKey(options: ServerOptions): { path: string; key: string } {
  const { path = '/', key = 'peerjs' } = options;
  return { path: `${String(path).replace(/\/$/, '')}/`, key: String([key].flat()[0]) };
}
