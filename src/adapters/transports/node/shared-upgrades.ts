import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { HttpResponse } from '../../../application/ports/http.ts';
import { isWebSocketUpgrade, splitTarget } from '../shared/requests.ts';
import { respondAndClose } from './connection-acceptor.ts';
import { NodeRequest } from './http.ts';
import type { HttpStream } from './malformed-requests.ts';
import { serveWithoutUpgrade } from './other-upgrades.ts';

type Emit = (event: string | symbol, ...given: unknown[]) => boolean;
type UpgradeListener = (raw: IncomingMessage, stream: Duplex, head: Buffer) => void;

/** A broker on a server with other upgrade listeners. */
export interface UpgradeOwner {
  /** Returns true if the upgrade is for this broker. @param hasOthers true if other listeners would receive it otherwise. */
  owns(raw: IncomingMessage, hasOthers: boolean): boolean;
  readonly accept: UpgradeListener;
  /** Logs a request that Node's parser rejected. The embedding program or Node answers it. */
  readonly logMalformed: (error: NodeJS.ErrnoException, stream: HttpStream) => void;
}

const NOT_FOUND: HttpResponse = { status: 404, headers: [['content-type', 'text/plain; charset=utf-8']], body: 'Not found' };
const WARNING = 'SIGNALBOX_SHARED_PATH';
const REMEDY = 'Set another path for one of them (option path of the broker).';

const SHARED = new WeakMap<Server, SharedUpgrades>();

/** @returns the shared upgrades of `server`: one object for all brokers on it. */
export function sharedUpgradesOf(server: Server): SharedUpgrades {
  const known = SHARED.get(server) ?? new SharedUpgrades(server);
  SHARED.set(server, known);
  return known;
}

/**
 * Passes each upgrade of a server to the broker that owns its path. Other `upgrade` listeners do not receive such an upgrade, in
 * whichever order they were added. This is needed because a `WebSocketServer` of `ws` answers 400 for paths that are not its own,
 * and throws for a socket that another one has used. Upgrades of all other paths reach the other listeners unchanged, and so do
 * all other events.
 */
class SharedUpgrades {
  readonly #server: Server;
  readonly #owners: UpgradeOwner[] = [];
  /** Undefined while `emit` is the original method of the server. */
  #unwrap: (() => void) | undefined;
  #hasWarned = false;
  readonly #taken = new WeakSet<Duplex>();
  /** Node emits an upgrade only if there is a listener. */
  readonly #onUnowned: UpgradeListener = (raw, stream, head) => {
    if (this.#others > 0) return;
    // Without another listener, the request would never be answered.
    if (isWebSocketUpgrade(new NodeRequest(raw))) respondAndClose(raw, stream, NOT_FOUND);
    else serveWithoutUpgrade(this.#server, { raw, stream, head });
  };

  constructor(server: Server) {
    this.#server = server;
  }

  add(owner: UpgradeOwner): void {
    if (this.#owners.push(owner) > 1) return;
    this.#server.on('upgrade', this.#onUnowned);
    if (this.#unwrap === undefined) this.#wrapEmit();
  }

  remove(owner: UpgradeOwner): void {
    const at = this.#owners.indexOf(owner);
    if (at < 0) return;
    this.#owners.splice(at, 1);
    if (this.#owners.length > 0) return;
    this.#server.off('upgrade', this.#onUnowned);
    this.#unwrap?.();
  }

  /** An upgrade of an owned path failed. Logs a warning, because the client may have meant another listener. */
  failed(raw: IncomingMessage, why: 'refused' | 'taken'): void {
    const path = pathOf(raw);
    if (why === 'taken') {
      return this.#warn(`Another 'upgrade' listener took a WebSocket for ${path}, which is a path of the broker. ${REMEDY}`);
    }
    if (this.#others === 0) return;
    this.#warn(
      `The broker refused a WebSocket for ${path}. The other 'upgrade' listeners of this server receive no upgrade for a path ` +
        `of the broker. If one of them serves ${path}: ${REMEDY}`,
    );
  }

  /** @returns whether an owner accepted it. */
  #take(raw: IncomingMessage, stream: Duplex, head: Buffer): boolean {
    // A router of the embedding program may emit one upgrade twice.
    if (this.#taken.has(stream)) return true;
    const hasOthers = this.#others > 0;
    const [owner, second] = this.#owners.filter((one) => one.owns(raw, hasOthers));
    if (owner === undefined) return false;
    if (!isWebSocketUpgrade(new NodeRequest(raw))) {
      serveWithoutUpgrade(this.#server, { raw, stream, head });
      return true;
    }
    if (second !== undefined) {
      const path = pathOf(raw);
      this.#warn(`Two brokers on one server serve ${path}: the one that was attached first gets all its WebSockets. ${REMEDY}`);
    }
    this.#taken.add(stream);
    owner.accept(raw, stream, head);
    return true;
  }

  get #others(): number {
    return this.#server.listeners('upgrade').filter((listener) => listener !== this.#onUnowned).length;
  }

  #warn(message: string): void {
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    process.emitWarning(message, { code: WARNING });
  }

  /**
   * An own property shadows the method of the prototype, so Node and a router of the embedding program emit upgrades through it.
   */
  #wrapEmit(): void {
    const server = this.#server;
    const before = Reflect.get(server, 'emit') as Emit;
    const emit: Emit = (event, ...given) => {
      if (event === 'upgrade' && this.#take(...(given as Parameters<UpgradeListener>))) return true;
      // Observed here, because a listener for `clientError` would disable the response of Node. A malformed request has no path.
      if (event === 'clientError') this.#owners[0]?.logMalformed(...(given as Parameters<UpgradeOwner['logMalformed']>));
      return Reflect.apply(before, server, [event, ...given]);
    };
    const property = Object.getOwnPropertyDescriptor(server, 'emit');
    Object.defineProperty(server, 'emit', { value: emit, configurable: true, writable: true, enumerable: false });
    this.#unwrap = () => {
      // Another wrapper was added later: this one stays and passes all events on.
      if (Reflect.get(server, 'emit') !== emit) return;
      this.#unwrap = undefined;
      if (property === undefined) Reflect.deleteProperty(server, 'emit');
      else Object.defineProperty(server, 'emit', property);
    };
  }
}

function pathOf({ url = '/' }: IncomingMessage): string {
  return splitTarget(url).path;
}
