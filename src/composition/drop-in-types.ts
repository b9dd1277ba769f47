import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ServerOptions } from 'node:https';
import type { Express } from 'express';
import type { WebSocket } from 'ws';
import type { AuthorizeOption } from '../adapters/authorizers/function.ts';
import type { Handshaker, HandshakerOptions } from '../adapters/transports/node/ws-handshakes.ts';
import type { GivenOptions } from './configuration/config.ts';
import type { AdaptersOption } from './entry-point-adapters.ts';
import type { OriginOption } from './origins.ts';

/* The types of the `peer` package, under their names there. */

/** Options of the drop-in functions that the command line does not have. */
interface ServerParts {
  /** Options for `https.createServer`; only for `PeerServer`. */
  readonly ssl?: ServerOptions;
  readonly corsOptions?: { readonly origin?: OriginOption };
  readonly generateClientId?: (() => string) | undefined;
  /** Must create the `WebSocketServer` with the given options: it neither listens nor attaches itself to a server. */
  readonly createWebSocketServer?: (options: HandshakerOptions) => Handshaker;
}

/** The options of `peer` and of Signalbox. Any other name is ignored with a warning. */
export interface DropInOptions extends GivenOptions, AuthorizeOption, AdaptersOption<'transport'>, ServerParts {}

/** The options of `peer`, with their defaults filled in. */
export interface IConfig extends ServerParts {
  readonly host: string;
  readonly port: number;
  readonly expire_timeout: number;
  readonly alive_timeout: number;
  readonly key: string;
  readonly path: string;
  readonly concurrent_limit: number;
  readonly allow_discovery: boolean;
  readonly proxied: boolean | string;
  readonly cleanup_out_msgs: number;
}

/** The types of messages on the wire. */
export const MessageType = {
  OPEN: 'OPEN',
  LEAVE: 'LEAVE',
  CANDIDATE: 'CANDIDATE',
  OFFER: 'OFFER',
  ANSWER: 'ANSWER',
  EXPIRE: 'EXPIRE',
  HEARTBEAT: 'HEARTBEAT',
  ID_TAKEN: 'ID-TAKEN',
  ERROR: 'ERROR',
} as const;

export type MessageType = (typeof MessageType)[keyof typeof MessageType];

/** A message from a peer: the sender's JSON, with the registered id of the sender as `src`. */
export interface IMessage {
  readonly type: MessageType;
  readonly src: string;
  readonly dst?: string;
  readonly payload?: unknown;
}

/** A connected peer. */
export interface IClient {
  getId(): string;
  getToken(): string;
  /** The socket of `ws`; null when the connection has ended, and for a connection without a WebSocket. */
  getSocket(): WebSocket | null;
  /** The time of the peer's last frame, in milliseconds since 1970. */
  getLastPing(): number;
  /** Sends a value as JSON. @throws TypeError for a value without a JSON form. */
  send(message: unknown): void;
}

/** The arguments of each event. */
export interface PeerServerEventMap {
  connection: [client: IClient];
  message: [client: IClient, message: IMessage];
  disconnect: [client: IClient];
  error: [error: Error];
  newListener: [event: string | symbol];
}

/** The listeners that an event has. */
type Listener<Event extends keyof PeerServerEventMap> = (...args: PeerServerEventMap[Event]) => void;

/** The events of `peer`. Without a listener for `error`, an error is a process warning. */
export interface PeerServerEvents {
  on<Event extends keyof PeerServerEventMap>(event: Event, listener: Listener<Event>): this;
  once<Event extends keyof PeerServerEventMap>(event: Event, listener: Listener<Event>): this;
  off<Event extends keyof PeerServerEventMap>(event: Event, listener: Listener<Event>): this;
}

/**
 * A request handler for Express 4 and 5, or for a bare `node:http` server, that emits events. Where Express is installed, it is
 * an Express application, and its middleware runs before the broker.
 */
export type PeerServerHandler = ((request: IncomingMessage, response: ServerResponse, next?: (error?: unknown) => void) => void) &
  PeerServerEvents &
  Express & {
    /** Drains and stops the broker and its own server. A server that the broker is attached to keeps running. */
    stop(): Promise<void>;
  };
