import { describe, expect, it } from 'vitest';
import { LineReader, requestLine } from '../../../../../src/adapters/transports/socketio/lines.ts';

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();
const line = (...words: unknown[]): Uint8Array => Buffer.from(JSON.stringify(words));

describe('SIO6: lines', () => {
  it('of requests are encoded', () => {
    expect(text(requestLine({ verb: 'subscribe', namespace: 'ga"rden' }, 7))).toBe('["subscribe","ga\\"rden",7]');
    expect(text(requestLine({ verb: 'publish', namespace: 'a', data: Buffer.of(1, 2, 3) }, undefined))).toBe(
      '["publish","a","AQID",null]',
    );
  });

  it('of the dialect are parsed', () => {
    const reader = new LineReader();
    expect(reader.read(line('receipt', 3))).toEqual({ word: 'receipt', receipt: 3 });
    expect(reader.read(line('welcome', 'id'))).toEqual({ word: 'welcome', id: 'id' });
    expect(reader.read(line('refused', 'full', 1013))).toEqual({ word: 'refused', text: 'full', code: 1013 });
  });

  it('SIO3: a publication is encoded once for each prefix, for any number of clients', () => {
    const reader = new LineReader();
    const message = line('message', 'garden', 'AQL/');
    const packets = Array.from({ length: 3 }, () => {
      const decoded = reader.read(message);
      return decoded.word === 'message' ? decoded.publication.under('peerix:') : undefined;
    });
    expect(text(packets[0] ?? Buffer.alloc(0))).toBe('42["peerix:message","garden",[1,2,255]]');
    expect(packets.every((packet) => packet === packets[0])).toBe(true);
    const other = reader.read(line('message', 'garden', 'AQL/'));
    expect(other.word === 'message' && text(other.publication.under(''))).toBe('42["message","garden",[1,2,255]]');
  });
});
