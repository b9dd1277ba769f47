import { describe, expect, it } from 'vitest';
import { responseTo } from '../../../../../src/adapters/dialects/peerjs/responses.ts';

const JSON_TYPE = 'application/json; charset=utf-8';

function headerOf(outcome: Parameters<typeof responseTo>[0], wanted: string): string | undefined {
  return responseTo(outcome).headers.find(([name]) => name === wanted)?.[1];
}

describe('what came of an HTTP request', () => {
  it('H1: the description is an object with a name, a description and a website', () => {
    const { status, body } = responseTo({ kind: 'description' });
    expect(status).toBe(200);
    expect(JSON.parse(body)).toEqual({ name: expect.any(String), description: expect.any(String), website: expect.any(String) });
    expect(headerOf({ kind: 'description' }, 'content-type')).toBe(JSON_TYPE);
  });

  it('H2: an id is the whole body, as it is', () => {
    const outcome = { kind: 'peer-id', id: 'a-fresh id' } as const;
    expect(responseTo(outcome)).toMatchObject({ status: 200, body: 'a-fresh id' });
    expect(headerOf(outcome, 'content-type')).toBe('text/html; charset=utf-8');
  });

  it('H2, H4: no cache gives out an id or a list a second time', () => {
    expect(headerOf({ kind: 'peer-id', id: 'ann' }, 'cache-control')).toBe('no-store');
    expect(headerOf({ kind: 'peers', ids: [] }, 'cache-control')).toBe('no-store');
  });

  it('H4: the peers are a JSON array of their ids, in the order given', () => {
    const ids = ['bob', '__proto__', 'a"b', '😀'];
    expect(JSON.parse(responseTo({ kind: 'peers', ids }).body)).toEqual(ids);
    expect(responseTo({ kind: 'peers', ids: [] })).toMatchObject({ status: 200, body: '[]' });
    expect(headerOf({ kind: 'peers', ids }, 'content-type')).toBe(JSON_TYPE);
  });

  it('H3: where discovery is off, the answer is 401', () => {
    expect(responseTo({ kind: 'refusal', reason: 'discovery-off' }).status).toBe(401);
  });

  it('H2: for an unknown key, the answer is 401 and says so', () => {
    expect(responseTo({ kind: 'refusal', reason: 'key-unknown' })).toMatchObject({ status: 401, body: 'Invalid key provided' });
  });
});
