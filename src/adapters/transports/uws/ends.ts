import type { ConnectionEnd, TransportFault } from '../../../application/ports/transport.ts';
import { closedByFarEnd, closedForFault } from '../shared/goodbyes.ts';

/** What uWebSockets.js calls the faults for which it cuts a connection, without a close frame. */
const FAULTS: ReadonlyMap<string, TransportFault> = new Map([
  ['Received too big message', 'message-too-big'],
  ['Received invalid UTF-8', 'text-not-utf8'],
  ['Received invalid WebSocket frame', 'frame-invalid'],
  ['Received invalid close payload', 'frame-invalid'],
]);

const decoder = new TextDecoder();

/**
 * How a connection ended that the broker did not close.
 * @param reason borrowed; the library's own words where the code is 1006.
 */
export function endOf(code: number, reason: ArrayBuffer): ConnectionEnd {
  const fault = code === 1006 && reason.byteLength > 0 ? FAULTS.get(decoder.decode(reason)) : undefined;
  return fault === undefined ? closedByFarEnd(code) : closedForFault(fault);
}
