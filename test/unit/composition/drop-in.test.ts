import { createServer } from 'node:http';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ExpressPeerServer, PeerServer } from '../../../src/composition/drop-in.ts';

afterEach(() => vi.restoreAllMocks());

describe('the face for programs of `peer`', () => {
  it('names each bad option', () => {
    expect(() => ExpressPeerServer(createServer(), { expire_timeout: -1 })).toThrow(/expire_timeout is -1/);
  });

  it('H6: says which forms of corsOptions.origin it knows', () => {
    const origin = (): boolean => true;
    const options = { corsOptions: { origin } } as object;
    expect(() => ExpressPeerServer(createServer(), options)).toThrow(/corsOptions.origin is a function; it must be true, false/);
  });

  it('passes over what it does not know, with a warning, and what `peer` never read, without', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    const handler = ExpressPeerServer(createServer(), { debug: true, nonsense: 1, corsOptions: { origin: true } } as object);
    await handler.stop();
    expect(warn.mock.calls).toEqual([["PeerServer has no option 'nonsense'; it is passed over"]]);
  });

  it('warns of a failure that nobody listens for, instead of ending the process', async () => {
    const warned = new Promise((resolve) => vi.spyOn(process, 'emitWarning').mockImplementation(resolve));
    const handler = PeerServer({ port: 0, host: '203.0.113.1' });
    expect(await warned).toMatchObject({ code: 'EADDRNOTAVAIL' });
    await handler.stop();
  });
});
