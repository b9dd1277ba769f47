import { PeerjsDialect } from '../../src/adapters/dialects/peerjs/dialect.ts';
import type { HttpClient } from '../../src/application/http-access.ts';

/** The client of an HTTP request to the PeerJS dialect. */
export const HTTP_CLIENT: HttpClient = { dialect: new PeerjsDialect('/'), address: '192.0.2.1', origin: undefined, headers: {} };
