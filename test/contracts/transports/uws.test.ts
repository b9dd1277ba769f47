import { describe, expect, it } from 'vitest';
import { loadUwsTransport } from '../../../src/adapters/transports/uws/listener.ts';
import { ListenError } from '../../../src/application/ports/transport.ts';
import { transportContract } from './contract.ts';
import { networkStart, ON_THE_NETWORK } from './network-subject.ts';
import { BOUNDS, type Capabilities } from './fixture.ts';

const can: Capabilities = {
  ...ON_THE_NETWORK,
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
    transportContract(isSecure ? 'uws with TLS' : 'uws', {
      can,
      start: networkStart(async (given) => ({ transport: await loadUwsTransport(given) }), { can, isSecure }),
    });
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
