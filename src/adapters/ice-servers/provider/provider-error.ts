/** A provider did not give ICE servers. The message contains no secret. */
export class ProviderError extends Error {
  override readonly name = 'ProviderError';
}
