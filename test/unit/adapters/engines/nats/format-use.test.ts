import { describe, expect, it } from 'vitest';
import { FormatUse } from '../../../../../src/adapters/engines/nats/format-use.ts';
import { FORMAT_VERSION } from '../../../../../src/adapters/engines/shared/format-version.ts';

const LEASE = 100;
const OTHER = FORMAT_VERSION + 1;

describe('the format version that a realm uses', () => {
  it('is that of the first lease, while its leases follow', () => {
    const formats = new FormatUse(LEASE);
    formats.renew(FORMAT_VERSION, 0);
    formats.renew(OTHER, 50);
    formats.renew(FORMAT_VERSION, 99);
    formats.renew(OTHER, 150);
    expect(formats.foreignVersionAt(150)).toBeUndefined();
  });

  it('is another one after the last lease has ended', () => {
    const formats = new FormatUse(LEASE);
    formats.renew(FORMAT_VERSION, 0);
    formats.renew(OTHER, LEASE);
    formats.renew(FORMAT_VERSION, LEASE + 1);
    expect(formats.foreignVersionAt(LEASE + 1)).toBe(OTHER);
    expect(formats.foreignVersionAt(2 * LEASE - 1)).toBe(OTHER);
  });

  it('is free after the leases of another version have ended', () => {
    const formats = new FormatUse(LEASE);
    formats.renew(OTHER, 0);
    expect(formats.foreignVersionAt(LEASE)).toBeUndefined();
    formats.renew(FORMAT_VERSION, LEASE);
    formats.renew(OTHER, LEASE);
    expect(formats.foreignVersionAt(LEASE)).toBeUndefined();
  });
});
