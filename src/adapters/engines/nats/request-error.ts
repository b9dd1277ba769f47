/** An error of a request to NATS. The message names the request, because the library's errors, such as `timeout`, do not. */
export class RequestError extends Error {
  override readonly name = 'RequestError';

  /** @param request the request, such as `delete entry 7 of signalbox_peerjs`. */
  constructor(request: string, cause: unknown) {
    super(`NATS: ${request}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}
