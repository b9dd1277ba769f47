import { describe, expect, it } from 'vitest';
import { loadUwsTransport } from '../../../src/adapters/transports/uws/listener.ts';
import { ListenError } from '../../../src/application/ports/transport.ts';
import { transportContract } from '../../../src/contracts/transports/contract.ts';
import { networkCapabilities, networkStart } from '../../../src/contracts/transports/network-subject.ts';
import { BOUNDS, type Capabilities } from '../../../src/contracts/transports/fixture.ts';
import { CERTIFICATES } from '../../support/tls-files.ts';
import { describeContract } from '../../support/describe-contract.ts';

const can: Capabilities = {
  ...(await networkCapabilities()),
  handshakeTimeout: 'no: 10 s, fixed in the library',
  countsIncomplete: 'no: the library reports a message only when it is complete',
  keepsBuffers: true,
  closesHugeFrames: 'no: the library cuts a message beyond its own limit',
  closesInvalidText: 'no: the library cuts without a close frame',
};

const settings = { host: '127.0.0.1', port: 0, ...BOUNDS };
const unavailable: unknown = await loadUwsTransport(settings).then(
  () => undefined,
  (error: unknown) => error,
);

if (unavailable === undefined) {
  for (const isSecure of [false, true]) {
    describeContract(
      `transport: ${isSecure ? 'uws with TLS' : 'uws'}`,
      transportContract({
        can,
        start: networkStart(async (given) => ({ transport: await loadUwsTransport(given) }), {
          can,
          certificates: CERTIFICATES,
          isSecure,
        }),
      }),
    );
  }
} else {
  describe('transport: uws, on a platform without a build', () => {
    it('rejects with transport-unavailable, in one line', () => {
      expect(unavailable).toBeInstanceOf(ListenError);
      const { refusal, message } = unavailable as ListenError;
      expect(refusal.reason).toBe('transport-unavailable');
      expect(message.split('\n')).toHaveLength(1);
    });
  });
}
