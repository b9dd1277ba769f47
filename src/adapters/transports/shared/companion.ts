import type { Server } from 'node:http';
import type { TemplatedApp } from 'uWebSockets.js';
import type { Gateway } from '../../../application/ports/transport.ts';

/** A library that brings connections of its own over the port of a transport. */
export interface Companion {
  /** Whether requests and upgrades on this path are its own: the transport leaves them alone. */
  owns(path: string): boolean;
  attachToNode(server: Server, gateway: Gateway): void;
  /** Before the app listens. */
  attachToUws(app: TemplatedApp, gateway: Gateway): void;
  refuseNew(): void;
  /** Ends what is still open, and reports each. */
  stop(): Promise<void>;
}
