import { describe, expect, it } from 'vitest';
import { responseTo } from '../../../../../src/adapters/dialects/peerjs/responses.ts';

const JSON_TYPE = 'application/json; charset=utf-8';

function headerOf(outcome: Parameters<typeof responseTo>[0], wanted: string): string | undefined {
  return responseTo(outcome).headers.find(([name]) => name === wanted)?.[1];
}

describe('HTTP responses of PeerJS', () => {
  it('H1: describes the broker by an object with name, description and website', () => {
    const { status, body } = responseTo({ kind: 'description' });
    expect(status).toBe(200);
    expect(JSON.parse(body)).toEqual({ name: expect.any(String), description: expect.any(String), website: expect.any(String) });
    expect(headerOf({ kind: 'description' }, 'content-type')).toBe(JSON_TYPE);
  });

  it('H2: returns an id as the whole body', () => {
    const outcome = { kind: 'peer-id', id: 'a-fresh id' } as const;
    expect(responseTo(outcome)).toMatchObject({ status: 200, body: 'a-fresh id' });
    expect(headerOf(outcome, 'content-type')).toBe('text/html; charset=utf-8');
  });

  it('H2, H4: forbids caching of ids and lists', () => {
    expect(headerOf({ kind: 'peer-id', id: 'ann' }, 'cache-control')).toBe('no-store');
    expect(headerOf({ kind: 'peers', list: '[]' }, 'cache-control')).toBe('no-store');
  });

  it('H4: returns the peers as a JSON array of ids, in the given order', () => {
    const ids = ['bob', '__proto__', 'a"b', '😀'];
    expect(JSON.parse(responseTo({ kind: 'peers', list: JSON.stringify(ids) }).body)).toEqual(ids);
    expect(responseTo({ kind: 'peers', list: '[]' })).toMatchObject({ status: 200, body: '[]' });
    expect(headerOf({ kind: 'peers', list: JSON.stringify(ids) }, 'content-type')).toBe(JSON_TYPE);
  });

  it('H3: answers 401 if discovery is off', () => {
    expect(responseTo({ kind: 'refusal', reason: 'discovery-off' }).status).toBe(401);
  });

  it('H4: answers 401 with a reason for an unknown key', () => {
    expect(responseTo({ kind: 'refusal', reason: 'key-unknown' })).toMatchObject({ status: 401, body: 'Invalid key provided' });
  });
});
