import { describe, expect, it } from 'vitest';
import { encodeEvent } from '../../../../../src/adapters/dialects/mercure/events.ts';
import type { Publication, TopicName } from '../../../../../src/domain/topic.ts';

function encoded(data: string, more: Partial<Publication> = {}): string {
  const publication: Publication = {
    ...{ id: '1', topics: ['a' as TopicName], payload: Buffer.from(data) },
    ...{ type: undefined, retry: undefined, isPrivate: false, from: undefined, ...more },
  };
  return Buffer.from(encodeEvent({ event: 'publication', publication, subscribers: 1 }) ?? []).toString();
}

describe('MER4: an event', () => {
  it('has id, type, retry and data', () => {
    expect(encoded('x', { type: 't', retry: 5 })).toBe('id: 1\nevent: t\nretry: 5\ndata: x\n\n');
  });

  it('has a line for each line of the data, with any line end', () => {
    expect(encoded('a\nb\r\nc\rd\n')).toBe('id: 1\ndata: a\ndata: b\ndata: c\ndata: d\ndata: \n\n');
  });

  it('may have empty data', () => expect(encoded('')).toBe('id: 1\ndata: \n\n'));

  it('T12: has bytes as base64, and does not exist for JSON that is no list of bytes', () => {
    expect(encoded('\n\n', { form: 'bytes' })).toBe('id: 1\ndata: Cgo=\n\n');
    expect(encoded('[10,10]', { form: 'json' })).toBe('id: 1\ndata: Cgo=\n\n');
    expect(encoded('{}', { form: 'json' })).toBe('');
  });

  it('does not exist for other events', () => expect(encodeEvent({ event: 'pong' })).toBeUndefined());
});
