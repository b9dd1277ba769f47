import { describe, expect, it } from 'vitest';
import { displayDefault, displayValue } from '../../../../src/composition/configuration/option-display.ts';
import { OPTIONS } from '../../../../src/composition/configuration/options.ts';

describe('a displayed value', () => {
  it('has its unit', () => {
    expect(displayValue(5000, 'ms')).toBe('5000 ms');
    expect(displayValue(9000)).toBe('9000');
  });

  it('of bytes has the largest unit without a fraction', () => {
    const words = [0, 100, 1024, 1536, 64 * 1024, 2 ** 20, 3 * 2 ** 30].map((bytes) => displayValue(bytes, 'bytes'));
    expect(words).toEqual(['0 bytes', '100 bytes', '1 KiB', '1536 bytes', '64 KiB', '1 MiB', '3 GiB']);
  });

  it('is none for no value', () => expect([displayValue(undefined), displayValue([])]).toEqual(['none', 'none']));

  it('shows an empty text of a list', () => expect(displayValue(['', 'b'])).toBe("'', b"));

  it('of other types is unchanged', () => {
    expect([displayValue(['a', 'b']), displayValue(false), displayValue('::')]).toEqual(['a, b', 'false', '::']);
  });
});

describe('a displayed default', () => {
  it('includes the default of the hardened profile', () => {
    expect(displayDefault(OPTIONS.mailbox_bytes)).toBe('2 MiB; hardened 512 KiB');
    expect(displayDefault(OPTIONS.port)).toBe('9000');
  });
});
