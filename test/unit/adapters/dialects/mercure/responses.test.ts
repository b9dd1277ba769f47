import { describe, expect, it } from 'vitest';
import { responseTo, reject, streamHead } from '../../../../../src/adapters/dialects/mercure/responses.ts';

describe('responses of Mercure', () => {
  it('MER3: contain the id of the publication', () => {
    expect(responseTo({ kind: 'publication', id: 'urn:uuid:1' })).toMatchObject({ status: 200, body: 'urn:uuid:1' });
  });

  it('MER2, T5, O6: have a status for each refusal', () => {
    const statuses = (['topic-unusable', 'too-many-topics', 'realm-full', 'key-unknown'] as const).map(
      (reason) => responseTo({ kind: 'refusal', reason }).status,
    );
    expect([statuses, responseTo({ kind: 'description' }).status]).toEqual([[400, 403, 503, 404], 404]);
  });

  it('MER7: challenge a request without a token', () => {
    const ask = reject(401, 'why');
    expect(ask.action === 'respond' && ask.response.headers.some(([name]) => name === 'www-authenticate')).toBe(true);
  });

  it('MER1: forbid caching and compression of a stream', () => {
    const headers = new Map(streamHead(undefined).headers);
    expect([headers.get('content-type'), headers.get('cache-control')?.includes('no-store')]).toEqual([
      'text/event-stream',
      true,
    ]);
    expect(headers.has('last-event-id')).toBe(false);
  });

  it('MER5: name the update before the replay, or earliest if its id does not fit in a header', () => {
    const ids = ['urn:uuid:1', 'caf\u00e9', 'a\r\nb', ''].map((id) => new Map(streamHead(id).headers).get('last-event-id'));
    expect(ids).toEqual(['urn:uuid:1', 'earliest', 'earliest', 'earliest']);
  });
});
