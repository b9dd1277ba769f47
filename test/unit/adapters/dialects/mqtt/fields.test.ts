import { describe, expect, it } from 'vitest';
import { FieldReader, textField, variableNumber, variableNumberAt } from '../../../../../src/adapters/dialects/mqtt/fields.ts';

const reader = (digits: string): FieldReader => new FieldReader(Buffer.from(digits, 'hex'));

describe('MQ3: the fields of packets', () => {
  it('are numbers, texts and binary data', () => {
    const fields = reader('01 0102 01020304 8001 0001 61 0002 00ff 07'.replaceAll(' ', ''));
    expect([fields.byte(), fields.uint16(), fields.uint32(), fields.variableNumber(), fields.text()]).toEqual([
      ...[1, 0x102, 0x1020304, 128, 'a'],
    ]);
    expect([Buffer.from(fields.binary()).toString('hex'), fields.left, fields.isComplete]).toEqual(['00ff', 1, false]);
    expect([fields.byte(), fields.isComplete]).toEqual([7, true]);
  });

  it.each(['0002 61', '0001 ff', '0001 00', '00'])('a text that is incomplete or invalid breaks them: %s', (digits) => {
    const fields = reader(digits.replaceAll(' ', ''));
    expect([fields.text(), fields.isBroken, fields.byte(), fields.left, fields.isComplete]).toEqual(['', true, 0, 0, false]);
  });

  it('write and read numbers of one to four bytes', () => {
    for (const value of [0, 127, 128, 16_383, 16_384, 2_097_151, 2_097_152, 268_435_455]) {
      const bytes = Uint8Array.from(variableNumber(value));
      expect(variableNumberAt(bytes, 0)).toEqual({ value, size: bytes.length });
      expect(variableNumberAt(bytes.subarray(0, -1), 0)).toBeUndefined();
    }
    expect(variableNumberAt(new Uint8Array(4).fill(255), 0)).toBe('malformed');
    expect(Buffer.from(textField('ä')).toString('hex')).toBe('0002c3a4');
  });
});
