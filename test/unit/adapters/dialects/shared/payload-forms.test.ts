import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { base64Of, bytesOf, listOf, textOf } from '../../../../../src/adapters/dialects/shared/payload-forms.ts';

const FORMS = [undefined, 'json'] as const;
const payload = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text));

describe('the forms of payloads', () => {
  it('T12: text is sent unchanged, and as bytes if it is base64', () => {
    expect(textOf({ payload: payload('grüße') })).toBe('grüße');
    expect(textOf({ payload: payload('AP8B'), form: 'text' })).toBe('AP8B');
    expect(base64Of({ payload: payload('AP8B') })).toBe('AP8B');
    expect(base64Of({ payload: payload('') })).toBe('');
    for (const text of ['grüße', 'AP8', 'AP8B\n', '[1]']) expect(base64Of({ payload: payload(text) })).toBeUndefined();
  });

  it('T12: any bytes are sent as base64', () => {
    const property = fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      const expected = Buffer.from(bytes).toString('base64');
      expect([textOf({ payload: bytes, form: 'bytes' }), base64Of({ payload: bytes, form: 'bytes' })]).toEqual([
        expected,
        expected,
      ]);
    });
    fc.assert(property, { numRuns: 200 });
  });

  it('T12: a JSON list of byte numbers is sent as bytes, with any blanks', () => {
    const blank = fc.constantFrom('', ' ', '\n', '\t\r ');
    const property = fc.property(fc.uint8Array({ maxLength: 50 }), blank, (bytes, space) => {
      const json = `${space}[${space}${[...bytes].join(`${space},${space}`)}${space}]${space}`;
      expect(textOf({ payload: payload(json), form: 'json' })).toBe(Buffer.from(bytes).toString('base64'));
    });
    fc.assert(property, { numRuns: 200 });
  });

  it('T12: bytes are sent unchanged, and so are the bytes of base64 and of a JSON list of byte numbers', () => {
    const bytes = Uint8Array.of(0, 255, 1);
    expect(bytesOf({ payload: bytes, form: 'bytes' })).toBe(bytes);
    expect([payload('AP8B'), payload('[0,255,1]')].map((one, at) => bytesOf({ payload: one, form: FORMS[at] }))).toEqual([
      ...[Buffer.from(bytes), Buffer.from(bytes)],
    ]);
    expect([bytesOf({ payload: payload('grüße') }), bytesOf({ payload: payload('{}'), form: 'json' })]).toEqual([
      ...[undefined, undefined],
    ]);
  });

  it.each([
    '{}',
    '"AP8B"',
    '[256]',
    '[-1]',
    '[1.5]',
    '[1e2]',
    '[01]',
    '[1,]',
    '[,1]',
    '[1 2]',
    '[1',
    '[1] 2',
    '[[1]]',
    '',
    '[null]',
  ])('T12: other JSON is not sent: %s', (json) => {
    expect(textOf({ payload: payload(json), form: 'json' })).toBeUndefined();
    expect(base64Of({ payload: payload(json), form: 'json' })).toBeUndefined();
  });

  it('T12, M23: bytes are written as a JSON list of numbers, without a text for each', () => {
    const property = fc.property(fc.uint8Array(), (bytes) => {
      expect(Buffer.from(listOf(bytes)).toString()).toBe(JSON.stringify([...bytes]));
    });
    fc.assert(property, { numRuns: 300 });
    expect(Buffer.from(listOf(Uint8Array.from({ length: 256 }, (_, n) => n))).toString()).toBe(
      JSON.stringify(Array.from({ length: 256 }, (_, n) => n)),
    );
  });
});
