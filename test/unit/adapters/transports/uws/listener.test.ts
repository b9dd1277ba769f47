import { expect, it, vi } from 'vitest';
import { loadUwsTransport } from '../../../../../src/adapters/transports/uws/listener.ts';
import { ListenError } from '../../../../../src/application/ports/transport.ts';

const library = vi.hoisted(() => ({ complaint: '' }));

vi.mock('uWebSockets.js', () => {
  throw new Error(library.complaint);
});

const SETTINGS = {
  host: '::',
  port: 0,
  maxFrameBytes: 1,
  sendBufferBytes: 1,
  handshakeTimeout: 1,
  keepAliveTimeout: 1,
  maxHeaderBytes: 4_321,
};

it('a missing build of the library is reported in one line', async () => {
  library.complaint = 'no build for this platform\nfor several reasons';
  const failure: unknown = await loadUwsTransport(SETTINGS).then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(ListenError);
  const { refusal, message } = failure as ListenError;
  expect(refusal.reason).toBe('transport-unavailable');
  expect(message).toMatch(/^uWebSockets\.js can't be loaded: .+$/);
  expect(message).not.toContain('\n');
});

it('H11: sets the maximum header size of the library, unless the environment sets it', async () => {
  vi.stubEnv('UWS_HTTP_MAX_HEADERS_SIZE', undefined);
  await expect(loadUwsTransport(SETTINGS)).rejects.toThrow(ListenError);
  expect(process.env['UWS_HTTP_MAX_HEADERS_SIZE']).toBe('4321');
  await expect(loadUwsTransport({ ...SETTINGS, maxHeaderBytes: 1 })).rejects.toThrow(ListenError);
  expect(process.env['UWS_HTTP_MAX_HEADERS_SIZE']).toBe('4321');
  vi.unstubAllEnvs();
});
