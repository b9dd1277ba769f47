import { expect, it, vi } from 'vitest';
import { loadUwsTransport } from '../../../../../src/adapters/transports/uws/listener.ts';
import { ListenError } from '../../../../../src/application/ports/transport.ts';

const SETTINGS = {
  host: '::',
  port: 0,
  maxFrameBytes: 1,
  sendBufferBytes: 1,
  handshakeTimeout: 1,
  keepAliveTimeout: 1,
  maxHeaderBytes: 4_321,
  uws: './no-such-folder',
};

it('a missing library is reported in one line', async () => {
  const failure: unknown = await loadUwsTransport(SETTINGS).then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(ListenError);
  const { refusal, message } = failure as ListenError;
  const detail = './no-such-folder is neither an installed module nor its folder';
  expect(refusal).toEqual({ reason: 'transport-unavailable', detail, isInstalled: false });
  expect(message).toBe(`uWebSockets.js can't be loaded: ${detail}`);
});

it('H11: sets the maximum header size of the library, unless the environment sets it', async () => {
  vi.stubEnv('UWS_HTTP_MAX_HEADERS_SIZE', undefined);
  await expect(loadUwsTransport(SETTINGS)).rejects.toThrow(ListenError);
  expect(process.env['UWS_HTTP_MAX_HEADERS_SIZE']).toBe('4321');
  await expect(loadUwsTransport({ ...SETTINGS, maxHeaderBytes: 1 })).rejects.toThrow(ListenError);
  expect(process.env['UWS_HTTP_MAX_HEADERS_SIZE']).toBe('4321');
  vi.unstubAllEnvs();
});
