import { createServer } from 'node:http';
import express from 'express';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ExpressPeerServer, PeerServer } from '../../../src/composition/drop-in.ts';

afterEach(() => vi.restoreAllMocks());

describe('the drop-in API', () => {
  it('names each invalid option', () => {
    expect(() => ExpressPeerServer(createServer(), { expire_timeout: -1 })).toThrow(/expire_timeout is -1/);
  });

  it('asks for a server instead of an Express application', () => {
    expect(() => ExpressPeerServer(express() as never)).toThrow(
      'server is an Express application: pass the http.Server that it listens on, which app.listen() returns',
    );
  });

  it.each([9000, { port: 9000 }, null, 'localhost'])('names what to pass instead of the server %j', (server) => {
    expect(() => ExpressPeerServer(server as never)).toThrow(/^server is not a server: .* or call PeerServer\(options\)/);
  });

  it('H6: names the supported forms of corsOptions.origin', () => {
    const origin = (): boolean => true;
    const options = { corsOptions: { origin } } as object;
    expect(() => ExpressPeerServer(createServer(), options)).toThrow(/corsOptions.origin is a function; it must be true, false/);
  });

  it('ignores unknown options with a warning, and options that `peer` never read without one', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    const handler = ExpressPeerServer(createServer(), { debug: true, nonsense: 1, corsOptions: { origin: true } } as object);
    await handler.stop();
    expect(warn.mock.calls).toEqual([["ExpressPeerServer has no option 'nonsense'; it is ignored"]]);
  });

  it('rejects options that need another server, and warns about options that peer ignores too', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    const express = (options: object) => () => ExpressPeerServer(createServer(), options);
    expect(express({ handshake_timeout: 500 })).toThrow(/^handshake_timeout is 500; ExpressPeerServer can't use it, because/);
    expect(express({ all: true, mercure_open: true })).toThrow(/socketio.*needs a server created by the broker/);
    await ExpressPeerServer(createServer(), { port: 1, ssl: { key: 'k' } }).stop();
    expect(warn.mock.calls.flat()).toEqual([
      'port has no effect on ExpressPeerServer: set it in the call of server.listen',
      'ssl has no effect on ExpressPeerServer: pass a server of https.createServer',
    ]);
    expect(() => PeerServer({ ssl: { key: 'k' }, sslkey: 'k', sslcert: 'c' })).toThrow(
      'ssl is given together with sslkey and sslcert',
    );
    expect(() => PeerServer({ transport: 'uws' })).toThrow(/^transport is 'uws'; PeerServer can't use it/);
    expect(() => PeerServer(9000 as never)).toThrow('the options of PeerServer are 9000');
  });

  it('H6: warns about origins that no browser sends, and about corsOptions without effect', async () => {
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
    expect(() => ExpressPeerServer(createServer(), both)).toThrow('cors is given together with corsOptions.origin');
  });

  it('suggests the option with the closest name', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    await ExpressPeerServer(createServer(), { expire_timeuot: 1, config: 'file' } as object).stop();
    expect(warn.mock.calls.flat()).toEqual([
      "ExpressPeerServer has no option 'expire_timeuot'; it is ignored; did you mean expire_timeout?",
      "ExpressPeerServer has no option 'config'; it is ignored",
    ]);
  });

  it('emits a process warning for an error without a listener', async () => {
    const warned = new Promise((resolve) => vi.spyOn(process, 'emitWarning').mockImplementation(resolve));
    const handler = PeerServer({ port: 0, host: '203.0.113.1' });
    expect(await warned).toMatchObject({ code: 'EADDRNOTAVAIL' });
    await handler.stop();
  });
});
