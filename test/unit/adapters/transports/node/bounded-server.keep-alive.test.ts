import { expect, it } from 'vitest';
import { createBoundedServer } from '../../../../../src/adapters/transports/node/bounded-server.ts';

it('an idle connection stays open for keepAliveTimeout, and a request may take handshakeTimeout', () => {
  const { keepAliveTimeout, headersTimeout, requestTimeout, timeout } = createBoundedServer({
    ...{ keepAliveTimeout: 75_000, handshakeTimeout: 10_000, maxHeaderBytes: 8_192 },
  });
  expect([keepAliveTimeout, headersTimeout, requestTimeout, timeout]).toEqual([75_000, 10_000, 10_000, 10_000]);
});
