/*
 * The minimum that a relay on uWebSockets.js can do: a table from id to socket, and a search for the destination at its
 * fixed position. It parses, checks and stores nothing and trusts every src. It is a reference, not a broker.
 */
import { listen } from './listen.mjs';

listen((receiver, bytes) => receiver.send(bytes, false));
