import { describe, expect, it } from 'vitest';
import { encodeEvent } from '../../../../../src/adapters/dialects/socketio/encode.ts';
import type { Publication, TopicName } from '../../../../../src/domain/topic.ts';

function encoded(payload: string): string | undefined {
  const publication: Publication = {
    ...{ id: '1', topics: ['garden' as TopicName], payload: Buffer.from(payload) },
    ...{ type: undefined, retry: undefined, isPrivate: false, from: undefined },
  };
  const line = encodeEvent({ event: 'publication', publication, subscribers: 1 });
  return line === undefined ? undefined : Buffer.from(line).toString();
}

describe('encoded lines of Socket.IO', () => {
  it('SIO3, SIO6: are messages and receipts', () => {
    expect(encoded('AQID')).toBe('["message","garden","AQID"]');
    expect(encoded('')).toBe('["message","garden",""]');
    expect(Buffer.from(encodeEvent({ event: 'receipt', receipt: 3 }) ?? []).toString()).toBe('["receipt",3]');
  });

  it.each(['AQI', 'AQ=D', 'hello, world', '\u{1f600}', 'AQID\n'])('SIO5: do not exist for %j, which is not base64', (payload) =>
    expect(encoded(payload)).toBeUndefined(),
  );

  it('do not exist for other events', () => expect(encodeEvent({ event: 'pong' })).toBeUndefined());
});
