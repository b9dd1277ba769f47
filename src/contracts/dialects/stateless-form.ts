import type { Conversation, Dialect, StatefulDialect } from '../../application/ports/dialect.ts';

/** A stateful dialect with one of its conversations, as a dialect for the clauses that read no frames. */
export function statelessForm(
  dialect: StatefulDialect,
  prepare: (conversation: Conversation) => void = () => undefined,
): Dialect {
  const conversation = dialect.converse({ maxMessageBytes: 1024 });
  prepare(conversation);
  const { name, space, keepsHistory, liveness, pace, sendsBinary = false } = dialect;
  return {
    ...{ name, space, keepsHistory, liveness, pace, sendsBinary },
    servesWebSocketAt: (path) => dialect.servesWebSocketAt(path),
    connectRequest: (query) => dialect.connectRequest(query),
    route: (path) => dialect.route(path),
    httpResponse: (outcome) => dialect.httpResponse(outcome),
    decode: () => ({ action: 'heartbeat' }),
    encode: (message) => conversation.encode(message),
    encodeEvent: (event) => conversation.encodeEvent(event),
    streamPreamble: () => conversation.streamPreamble(),
    openFrame: (registration) => conversation.openFrame(registration),
    keepAliveFrame: () => conversation.keepAliveFrame(),
    refusal: (refusal) => conversation.refusal(refusal),
    closeFrame: (ending) => conversation.closeFrame(ending),
  };
}
