import { describe, expect, it } from 'vitest';
import { Decoder } from '../../../../../src/adapters/dialects/peerjs/decode.ts';
import { Encoder } from '../../../../../src/adapters/dialects/peerjs/encode.ts';
import { TextCache } from '../../../../../src/adapters/dialects/shared/text-cache.ts';
import type { PeerId } from '../../../../../src/domain/ids.ts';
import type { MessageKind, SignalMessage } from '../../../../../src/domain/message.ts';

const ANN = 'ann' as PeerId;
const BOB = 'bob' as PeerId;

function offer(but: { from?: string; to?: string; payload?: Uint8Array | string; kind?: MessageKind } = {}): SignalMessage {
  const payload = typeof but.payload === 'string' ? Buffer.from(but.payload) : but.payload;
  return { kind: but.kind ?? 'offer', from: (but.from ?? ANN) as PeerId, to: (but.to ?? BOB) as PeerId, payload };
}

function written(message: SignalMessage, encoder = new Encoder(new TextCache())): string {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(encoder.encode(message));
}

describe('encoded messages', () => {
  it('M1: have exactly type, src, dst and payload', () => {
    expect(written(offer({ payload: '{"sdp":1}' }))).toBe('{"type":"OFFER","src":"ann","dst":"bob","payload":{"sdp":1}}');
  });

  it.each([
    ['M1', 'offer', 'OFFER'],
    ['M1', 'answer', 'ANSWER'],
    ['M1', 'candidate', 'CANDIDATE'],
    ['M6, M16', 'leave', 'LEAVE'],
    ['M14', 'expire', 'EXPIRE'],
  ] as const)('%s: %s has the type %s', (_, kind, type) => {
    expect(written(offer({ kind }))).toBe(`{"type":"${type}","src":"ann","dst":"bob"}`);
  });

  it('M2: have no payload if there was none, and null if it was null', () => {
    expect(Object.keys(JSON.parse(written(offer())))).toEqual(['type', 'src', 'dst']);
    expect(JSON.parse(written(offer({ payload: 'null' })))).toHaveProperty('payload', null);
  });

  it('M2: contain the payload byte for byte, also in an unusual notation', () => {
    const numbers = ['1.10', '-0', '1e400', '9'.repeat(400)];
    for (const payload of [...numbers, '""', '"\\u0041\u2028"', ' \t{ "a" :\n1 }', '{"__proto__":1,"__proto__":2}']) {
      expect(written(offer({ payload }))).toBe(`{"type":"OFFER","src":"ann","dst":"bob","payload":${payload}}`);
    }
  });

  it('O7, M2: contain ids as valid JSON, with any characters', () => {
    for (const name of [
      'x',
      'abc',
      'abcd',
      '__proto__',
      'a"b\\c',
      '\u2028\u2029',
      '😀'.repeat(128),
      '字'.repeat(128),
      '</script>',
      '\u007f',
    ]) {
      const message = JSON.parse(written(offer({ from: name, to: name, payload: '1' })));
      expect(message).toEqual({ type: 'OFFER', src: name, dst: name, payload: 1 });
    }
  });

  it('M13: contain a lone surrogate as an escape', () => {
    expect(written(offer({ kind: 'expire', from: '\ud83d', to: 'ann' }))).toBe('{"type":"EXPIRE","src":"\\ud83d","dst":"ann"}');
  });
});

it('M1, M2: contain the ids, lengths and kinds of each message, after any others and after frames that were read', () => {
  const cache = new TextCache();
  const [encoder, decoder] = [new Encoder(cache), new Decoder(cache)];
  const ids = ['a-long-id-1', 'a-long-id-2', 'id-3', 'x', 'an "escaped" id'];
  const kinds = ['offer', 'candidate', 'answer', 'candidate', 'leave'] as const;
  for (let n = 0; n < 500; n++) {
    const [from, to, other] = [0, 1, 2].map((step) => ids[(n * 7 + step * (1 + (n % 4))) % ids.length] as string) as [
      string,
      string,
      string,
    ];
    decoder.decode(Buffer.from(JSON.stringify({ type: 'OFFER', dst: other })), false, n % 3 === 0 ? other : to);
    const payload = n % 5 === 0 ? undefined : `"${'p'.repeat((n * 37) % 600)}"`;
    const kind = kinds[n % kinds.length] as MessageKind;
    const parts = payload === undefined ? '' : `,"payload":${payload}`;
    const head = `{"type":"${kind.toUpperCase()}","src":${JSON.stringify(from)},"dst":${JSON.stringify(to)}`;
    expect(written(offer({ kind, from, to, ...(payload === undefined ? {} : { payload }) }), encoder)).toBe(`${head}${parts}}`);
  }
});

describe('the buffer of an encoder', () => {
  it('M2: grows for long ids and long payloads', () => {
    const encoder = new Encoder(new TextCache());
    for (const length of [4_000, 4_090, 4_096, 5_000, 100_000, 1, 1_000_000]) {
      const payload = `"${'x'.repeat(length)}"`;
      expect(JSON.parse(written(offer({ payload }), encoder)).payload).toHaveLength(length);
      expect(JSON.parse(written(offer({ to: '字'.repeat(length) }), encoder)).dst).toHaveLength(length);
    }
  });

  it('M2: is large enough for every length around its initial size', () => {
    for (let length = 4_000; length < 4_120; length++) {
      const encoder = new Encoder(new TextCache());
      expect(JSON.parse(written(offer({ payload: `"${'x'.repeat(length)}"` }), encoder)).payload).toHaveLength(length);
    }
  });

  it('M2: contains no bytes of a longer message after a shorter one', () => {
    const encoder = new Encoder(new TextCache());
    written(offer({ payload: `"${'x'.repeat(1_000)}"` }), encoder);
    expect(written(offer({ payload: '1' }), encoder)).toBe('{"type":"OFFER","src":"ann","dst":"bob","payload":1}');
    expect(written(offer({ kind: 'leave' }), encoder)).toBe('{"type":"LEAVE","src":"ann","dst":"bob"}');
  });

  it('M2: is a copy of the borrowed payload', () => {
    const payload = Buffer.from('{"sdp":1}');
    const bytes = new Encoder(new TextCache()).encode(offer({ payload }));
    payload.fill(0x78);
    expect(Buffer.from(bytes).toString()).toContain('{"sdp":1}');
  });
});
