import { describe, expect, it } from 'vitest';
import { FieldReader, variableNumber } from '../../../../../src/adapters/dialects/mqtt/fields.ts';
import {
  ALLOWED,
  numberIn,
  PROPERTIES,
  readProperties,
  withEarlierExpiry,
} from '../../../../../src/adapters/dialects/mqtt/properties.ts';

const reader = (digits: string): FieldReader => new FieldReader(Buffer.from(digits, 'hex'));

describe('MQ12, MQ22: properties', () => {
  const read = (digits: string): unknown => readProperties(reader(digits), ALLOWED.publish);

  it('are read by their identifiers', () => {
    expect(read('00')).toMatchObject({ values: new Map() });
    expect(read('05020000000a')).toMatchObject({ values: new Map([[2, 10]]) });
    expect(read('0e26000161000162260001610001 63'.replaceAll(' ', ''))).toMatchObject({ values: new Map() });
  });

  it('have numbers and texts', () => {
    const properties = readProperties(reader('09020000000a03000161'), ALLOWED.publish);
    if (typeof properties === 'number') throw new Error(`refused with ${properties}`);
    expect([numberIn(properties, PROPERTIES.messageExpiry), numberIn(properties, PROPERTIES.contentType)]).toEqual([
      10,
      undefined,
    ]);
  });

  it.each([
    ['an identifier of another packet', '021101', 0x81],
    ['an unknown identifier', '027f01', 0x81],
    ['an incomplete value', '0302 0000', 0x81],
    ['more bytes than the packet', '0501', 0x81],
    ['a repetition', '0401010101', 0x82],
    ['a flag that is neither 0 nor 1', '020102', 0x82],
    ['no length', '', 0x81],
  ])('are refused with %s', (_, digits, reason) => expect(read(digits.replaceAll(' ', ''))).toBe(reason));

  it('are refused with more than 256 user properties', () => {
    const pairs = (count: number): Buffer => Buffer.from('26000161000162'.repeat(count), 'hex');
    const packet = (count: number): FieldReader =>
      new FieldReader(Buffer.concat([Uint8Array.from(variableNumber(pairs(count).length)), pairs(count)]));
    expect(readProperties(packet(256), ALLOWED.publish)).toMatchObject({ raw: pairs(256) });
    expect(readProperties(packet(257), ALLOWED.publish)).toBe(0x97);
  });

  it('with an expiry say how much of it is left', () => {
    const raw = Buffer.from('01010200000064 03000161'.replaceAll(' ', ''), 'hex');
    expect(Buffer.from(withEarlierExpiry(raw, 40)).toString('hex')).toBe('0101020000003c03000161');
    expect(Buffer.from(withEarlierExpiry(raw, 400)).toString('hex')).toBe('0101020000000103000161');
    expect(withEarlierExpiry(raw.subarray(0, 2), 40)).toEqual(raw.subarray(0, 2));
  });
});
