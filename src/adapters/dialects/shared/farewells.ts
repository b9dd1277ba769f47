import type { Farewell } from '../../../application/ports/dialect.ts';
import type { Ending, OpenRefusal } from '../../../domain/refusal.ts';

/** How the socket of whoever is turned away is closed, by a dialect that has no word of its own for it. */
export const SILENT_REFUSALS: Record<OpenRefusal['reason'], Farewell> = {
  'credentials-missing': silent(1008, 'No id, token, or key supplied'),
  'key-unknown': silent(1008, 'Invalid key provided'),
  'peer-id-empty': silent(1008, 'No id, token, or key supplied'),
  'peer-id-too-long': silent(1008, 'Invalid id'),
  'peer-id-unprintable': silent(1008, 'Invalid id'),
  'id-taken': silent(1008, 'ID is taken'),
  'realm-full': silent(1013, 'Server has reached its concurrent user limit'),
};

/** How a socket that was open is closed. A client that knows no word for these sees a lost socket. */
export const SILENT_FAREWELLS: Record<Ending, Farewell> = {
  left: silent(1000, 'left'),
  superseded: silent(4001, 'superseded'),
  silent: silent(4002, 'silent for too long'),
  malformed: silent(1007, 'too many malformed messages'),
  flooding: silent(1008, 'too many messages'),
  overreaching: silent(1008, 'too many topics'),
  expired: silent(4003, 'token expired'),
  hoarding: silent(1008, 'holds too much memory'),
  restarting: silent(1012, 'server is restarting'),
  fault: silent(1011, 'internal error'),
};

function silent(code: number, why: string): Farewell {
  return { frame: undefined, code, why };
}
