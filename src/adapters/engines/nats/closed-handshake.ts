import type { NatsConnection } from '@nats-io/transport-node';

/** The handshake of the client library. It has no public interface. */
interface Handshake {
  readonly transport?: { readonly isClosed?: boolean };
  /** Ends the handshake. Undefined after it. */
  readonly connectError?: (error: Error) => void;
}

/**
 * Ends a handshake whose connection was closed. The client library does not notice that, and waits for the time limit of the
 * handshake before the next attempt.
 */
export function endClosedHandshake(connection: NatsConnection): void {
  const { protocol } = connection as unknown as { readonly protocol?: Handshake };
  if (protocol?.transport?.isClosed !== true) return;
  protocol.connectError?.(new Error('the connection was closed during the handshake'));
}
