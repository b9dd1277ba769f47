import { describe, expect, it } from 'vitest';
import { MAX_BROADCASTS, responseTo } from '../../../../../src/adapters/dialects/supabase/http.ts';
import { SupabaseBroker } from '../../../../support/supabase-broker.ts';

const OCTETS = { 'content-type': 'application/octet-stream' };
const NOTE = { topic: 'garden', event: 'note', payload: { a: 1 } };

const list = (...messages: readonly unknown[]): string => JSON.stringify({ messages });

describe('SB11: broadcasts by HTTP', () => {
  it('reach the subscribers of each topic', () => {
    const broker = new SupabaseBroker();
    const ann = broker.join('garden', 'house');
    expect(broker.post('', list(NOTE, { ...NOTE, topic: 'house', private: false }))).toEqual([202, '']);
    expect(ann.broadcasts).toEqual([
      ['realtime:garden', 'note', { a: 1 }],
      ['realtime:house', 'note', { a: 1 }],
    ]);
  });

  it('have topic and event in the path, and JSON or bytes as the body', () => {
    const broker = new SupabaseBroker();
    const ann = broker.join('gär/ten');
    expect(broker.post('/g%C3%A4r%2Ften/events/a%20b', '[1]')).toEqual([202, '']);
    expect(broker.post('/g%C3%A4r%2Ften/events/b', Uint8Array.of(255), OCTETS)).toEqual([202, '']);
    expect(ann.broadcasts).toEqual([['realtime:gär/ten', 'a b', [1]]]);
    expect(ann.client.received.at(-1)).toMatch(/^\[binary\] 0411010000.*62ff$/);
  });

  it('SB17: a message of Peerix is shared where its topic is that of the request', () => {
    const broker = new SupabaseBroker({ supabasePrefixes: ['p:'] });
    const ann = broker.join('p:garden', 'house');
    expect(broker.post('', list({ topic: 'p:garden', event: 'message', payload: ['garden', [1]] }))).toEqual([202, '']);
    expect(broker.post('/house/events/message', '["garden",[2]]')).toEqual([202, '']);
    expect(ann.broadcasts).toEqual([
      ['realtime:p:garden', 'message', ['garden', [1]]],
      ['realtime:house', 'message', ['garden', [2]]],
    ]);
  });

  it.each([
    ['', 'no JSON', 'The body is not a JSON object in UTF-8'],
    ['', '{}', `messages is not a list of 1 to ${MAX_BROADCASTS} broadcasts`],
    ['', list(), `messages is not a list of 1 to ${MAX_BROADCASTS} broadcasts`],
    [
      '',
      list(...Array.from({ length: MAX_BROADCASTS + 1 }, () => NOTE)),
      `messages is not a list of 1 to ${MAX_BROADCASTS} broadcasts`,
    ],
    ['', list(NOTE, { event: 'note' }), 'A message has no topic, or no event of at most 255 bytes'],
    ['', list({ ...NOTE, topic: 'a'.repeat(247) }), 'A topic has more than 246 bytes'],
    ['', list({ ...NOTE, topic: '' }), 'A topic is empty or too long'],
    ['', list({ ...NOTE, persist: true }), 'persist is not available: this broker stores no broadcasts'],
    ['/a/events/b?persist=true', '1', 'persist is not available: this broker stores no broadcasts'],
    ['/a/events/b?persist[ttl]=1', '1', 'persist is not available: this broker stores no broadcasts'],
    ['/a/events/b', 'no JSON', 'The body is not JSON in UTF-8'],
    [`/a/events/${'b'.repeat(256)}`, '1', 'The event has more than 255 bytes'],
    [`/${'b'.repeat(247)}/events/b`, '1', 'A topic has more than 246 bytes'],
  ])('a request to %j with %.40s is refused as a whole', (path, body, error) => {
    const broker = new SupabaseBroker();
    const ann = broker.join('garden');
    expect(broker.post(path, body)).toEqual([422, JSON.stringify({ error })]);
    expect(ann.broadcasts).toEqual([]);
  });

  it('other paths are not found, and a body that is too large is refused', () => {
    const broker = new SupabaseBroker({ maxMessageBytes: 100 });
    expect(['/a', '/a/events', '/a/events/%ff', '/a/events/b/c'].map((path) => broker.post(path, '1')[0])).toEqual([
      404, 404, 404, 404,
    ]);
    expect(broker.post('', 'x'.repeat(101))[0]).toBe(413);
    expect(new SupabaseBroker().post('', 'x'.repeat(512 * 1024 + 1))[0]).toBe(413);
    expect(broker.transport.http('GET', '/realtime/v1/api/broadcast').status).toBe(405);
  });

  it('an unknown key is refused, and a busy broker asks to wait', () => {
    expect(new SupabaseBroker().post('?key=x', list(NOTE))).toEqual([401, '{"error":"No such realm"}']);
    expect(responseTo({ kind: 'refusal', reason: 'overloaded' }).headers).toContainEqual(['retry-after', '1']);
    expect(responseTo({ kind: 'description' }).status).toBe(404);
  });

  it('H5: pages of any origin may send them with their headers', () => {
    const headers = {
      ...{ origin: 'https://page.example', 'access-control-request-method': 'POST' },
      'access-control-request-headers': 'apikey,authorization,content-type',
    };
    const answer = new SupabaseBroker().transport.http('OPTIONS', '/realtime/v1/api/broadcast', { headers });
    expect(answer.status).toBe(204);
    expect(answer.headers).toContainEqual(['access-control-allow-headers', 'apikey,authorization,content-type']);
  });
});
