import type { ConnectionEnd, TransportFault } from '../../../application/ports/transport.ts';
import { closedByClient, closedForFault } from '../shared/close-frames.ts';

/** The errors of `ws` that have a close code other than 1002. */
const FAULTS: ReadonlyMap<string, TransportFault> = new Map([
  ['WS_ERR_UNSUPPORTED_MESSAGE_LENGTH', 'message-too-big'],
  ['WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH', 'message-too-big'],
  ['WS_ERR_INVALID_UTF8', 'text-not-utf8'],
]);

/** How a connection ended of which `ws` reports an error: a broken rule of the protocol, or a failure of the network. */
export function endOfError({ code = '' }: NodeJS.ErrnoException): ConnectionEnd {
  if (!code.startsWith('WS_ERR_')) return closedByClient(1006);
  return closedForFault(FAULTS.get(code) ?? 'frame-invalid');
}
