import { describe, expect, it } from 'vitest';
import { connectionsWithin, openFileLimit } from '../../../../../src/adapters/transports/shared/open-files.ts';

const LIMITS = 'Limit                     Soft Limit           Hard Limit           Units\n';

describe('the open-file limit', () => {
  it('is the soft limit of the process', () => {
    const line = 'Max open files            256                  4096                 files\n';
    expect(openFileLimit(() => LIMITS + line)).toBe(256);
  });

  it('is undefined if there is none, or the system does not report it', () => {
    const line = 'Max open files            unlimited            unlimited            files\n';
    const fail = (): string => {
      throw new Error('ENOENT');
    };
    expect([openFileLimit(() => LIMITS + line), openFileLimit(fail)]).toEqual([undefined, undefined]);
  });

  it('leaves room for files that are not connections', () => {
    expect(connectionsWithin(undefined)).toBeUndefined();
    expect(connectionsWithin(1)).toBe(1);
    expect(connectionsWithin(100_000)).toBeLessThan(100_000);
  });
});
