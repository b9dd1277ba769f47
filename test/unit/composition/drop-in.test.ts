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
    expect(warn.mock.calls).toEqual([["ExpressPeerServer has no option 'nonsense'; it is ignored"]]);
  });

  it('refuses what needs a server of its own, and warns of what peer ignores too', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    const express = (options: object) => () => ExpressPeerServer(createServer(), options);
    expect(express({ handshake_timeout: 500 })).toThrow(/^handshake_timeout is 500; ExpressPeerServer can't use it, because/);
    expect(express({ all: true, mercure_open: true })).toThrow(/socketio.*needs a server of the broker's own/);
    await ExpressPeerServer(createServer(), { port: 1, ssl: { key: 'k' } }).stop();
    expect(warn.mock.calls.flat()).toEqual([
      'port has no effect on ExpressPeerServer: your server listens where you say',
      'ssl has no effect on ExpressPeerServer: pass a server of https.createServer',
    ]);
    expect(() => PeerServer({ ssl: { key: 'k' }, sslkey: 'k', sslcert: 'c' })).toThrow('ssl is given beside sslkey and sslcert');
    expect(() => PeerServer({ transport: 'uws' })).toThrow(/^transport is 'uws'; PeerServer can't use it/);
    expect(() => PeerServer(9000 as never)).toThrow('the options of PeerServer are 9000');
  });

  it('H6: warns of origins that no browser sends, and of parts of corsOptions that have no effect', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    const origin = ['https://a.example', 'https://a.example/app', 'https://b.example/', 'https://*.example', /example/];
    const corsOptions = { origin, credentials: true } as object;
    await ExpressPeerServer(createServer(), { corsOptions }).stop();
    expect(warn.mock.calls.flat()).toEqual([
      'corsOptions.credentials has no effect; only corsOptions.origin has',
      ...['https://a.example/app', 'https://b.example/', 'https://*.example'].map(
        (odd) => `corsOptions.origin has '${odd}', which no browser sends as an origin`,
      ),
    ]);
    const both = { cors: 'https://a.example', corsOptions: { origin: true } };
    expect(() => ExpressPeerServer(createServer(), both)).toThrow('cors is given beside corsOptions.origin');
  });

  it('suggests the option that was probably meant', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    await ExpressPeerServer(createServer(), { expire_timeuot: 1 } as object).stop();
    expect(warn.mock.calls.flat()).toEqual([
      "ExpressPeerServer has no option 'expire_timeuot'; it is ignored; did you mean expire_timeout?",
    ]);
  });

  it('warns of a failure that nobody listens for, instead of ending the process', async () => {
    const warned = new Promise((resolve) => vi.spyOn(process, 'emitWarning').mockImplementation(resolve));
    const handler = PeerServer({ port: 0, host: '203.0.113.1' });
    expect(await warned).toMatchObject({ code: 'EADDRNOTAVAIL' });
    await handler.stop();
  });
});
