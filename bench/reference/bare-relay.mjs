/*
 * The least that a relay on uWebSockets.js can do: a table from id to socket, and a look for the
 * destination at the place where it must stand. It parses nothing, checks nothing, holds nothing,
 * and trusts the src that it is given: no broker, only the yardstick for one.
 */
import { listen } from './listen.mjs';

listen((receiver, bytes) => receiver.send(bytes, false));
