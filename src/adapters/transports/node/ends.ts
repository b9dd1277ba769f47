import type { ConnectionEnd, TransportFault } from '../../../application/ports/transport.ts';
import { closedByClient, closedForFault } from '../shared/close-frames.ts';

/** The `ws` errors with a close code other than 1002. */
const FAULTS: ReadonlyMap<string, TransportFault> = new Map([
  ['WS_ERR_UNSUPPORTED_MESSAGE_LENGTH', 'message-too-big'],
  ['WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH', 'message-too-big'],
  ['WS_ERR_INVALID_UTF8', 'text-not-utf8'],
  ['WS_ERR_TOO_MANY_BUFFERED_PARTS', 'too-many-fragments'],
]);

/** Maps an error of `ws` to the end of its connection: a protocol violation or a network failure. */
export function endOfError({ code = '' }: NodeJS.ErrnoException): ConnectionEnd {
  if (!code.startsWith('WS_ERR_')) return closedByClient(1006);
  return closedForFault(FAULTS.get(code) ?? 'frame-invalid');
}
