import type { Ending, OpenRefusal } from '../../../domain/refusal.ts';
import type { Farewell } from '../../../application/ports/dialect.ts';

/** O1, O2, O4, O6, O7: what a PeerJS peer sees when it is turned away. A new reason does not compile until it has a line here. */
export const REFUSALS: Record<OpenRefusal['reason'], Farewell> = {
  'credentials-missing': error('No id, token, or key supplied to websocket server', 1008),
  'key-unknown': error('Invalid key provided', 1008),
  'peer-id-empty': error('No id, token, or key supplied to websocket server', 1008),
  'peer-id-too-long': error('Invalid id', 1008),
  'peer-id-unprintable': error('Invalid id', 1008),
  'id-taken': { frame: bytes('{"type":"ID-TAKEN","payload":{"msg":"ID is taken"}}'), code: 1008, why: 'ID is taken' },
  'realm-full': error('Server has reached its concurrent user limit', 1013),
};

/** How a PeerJS peer's socket is closed. The client knows no word for these: it sees a lost socket. */
export const FAREWELLS: Record<Ending, Farewell> = {
  left: { frame: undefined, code: 1000, why: 'left' },
  superseded: { frame: undefined, code: 4001, why: 'superseded' },
  silent: { frame: undefined, code: 4002, why: 'silent for too long' },
  malformed: { frame: undefined, code: 1007, why: 'too many malformed messages' },
  flooding: { frame: undefined, code: 1008, why: 'too many messages' },
  restarting: { frame: undefined, code: 1012, why: 'server is restarting' },
  fault: { frame: undefined, code: 1011, why: 'internal error' },
};

function error(text: string, code: number): Farewell {
  return { frame: bytes(JSON.stringify({ type: 'ERROR', payload: { msg: text } })), code, why: text };
}

function bytes(text: string): Uint8Array {
  return Buffer.from(text);
}
