import { describe, expect, it } from 'vitest';
import { SupabaseDialect } from '../../../../../src/adapters/dialects/supabase/dialect.ts';
import { TestBroker } from '../../../../support/test-broker.ts';

const make = (prefixes: readonly string[] = []): SupabaseDialect =>
  new SupabaseDialect({
    path: '/realtime/v1',
    prefixes,
    isToken: (text) => text.includes('.'),
    maxMessageBytes: 1_000,
    presenceMembers: 10,
  });
const dialect = make();

describe('the Supabase dialect', () => {
  it('SB1: is served at its paths, with or without a trailing slash', () => {
    const paths = ['/realtime/v1/websocket', '/realtime/v1/websocket/', '/realtime/v1', '/websocket', '/realtime/v1/x/websocket'];
    expect(paths.map((path) => dialect.servesWebSocketAt(path))).toEqual([true, true, false, false, false]);
    const routes = [
      '/realtime/v1/api/broadcast',
      '/realtime/v1/api/broadcast/',
      '/realtime/v1/api/broadcast/a/events/b',
      '/api/broadcast',
    ];
    expect(routes.map((path) => dialect.route(path)?.methods)).toEqual([['POST'], ['POST'], ['POST'], undefined]);
  });

  it('SB1, SB12: the key of the query selects the realm, and its apikey may be a token', () => {
    expect(dialect.connectRequest('apikey=a.b.c&key=k&vsn=2.0.0')).toEqual({ as: 'newcomer', key: 'k', token: 'a.b.c' });
    expect(dialect.connectRequest('apikey=anon')).toEqual({ as: 'newcomer', key: undefined, token: undefined });
  });

  it('SB1: a request for the WebSocket is asked to upgrade, and no subprotocol is granted', () => {
    expect(new TestBroker({ dialects: ['supabase'] }).transport.http('GET', '/realtime/v1/websocket').status).toBe(426);
    expect(dialect.subprotocol()).toBeUndefined();
  });

  it('W2: conversations of one version without prefixes share their voice, and others do not', () => {
    const [one, two, old] = [dialect.converse(), dialect.converse(), dialect.converse()];
    old.read(Buffer.from('{"topic":"phoenix","event":"heartbeat","payload":{},"ref":"1"}'), false);
    two.read(Buffer.from('[null,"1","phoenix","heartbeat",{}]'), false);
    expect([one.voice === two.voice, one.voice === old.voice]).toEqual([true, false]);
    const prefixed = make(['a:']);
    expect(prefixed.converse().voice).not.toBe(prefixed.converse().voice);
  });
});
