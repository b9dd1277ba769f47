import { describe, expect, it } from 'vitest';
import { readDuration, readTokenArguments } from '../../../../src/composition/token-command/arguments.ts';

describe('the arguments of signalbox token', () => {
  it('are flags of the command', () => {
    const { flags, rest } = readTokenArguments(['x', '--id', 'a', '--id=b'], ['id']);
    expect([flags.id, rest]).toEqual([['a', 'b'], ['x']]);
  });

  it('have a PEM as a key, and no other flag as a value', () => {
    expect(readTokenArguments(['--key', '-----BEGIN A-----', '--id', 'a'], ['key', 'id']).flags.key).toEqual([
      '-----BEGIN A-----',
    ]);
    expect(() => readTokenArguments(['--key', '--id'], ['key', 'id'])).toThrow(/^Option '--key' argument is ambiguous$/);
  });

  it('name an unknown flag, and show no value', () => {
    expect(() => readTokenArguments(['--idd', 'canary'], ['id'])).toThrow(/^Unknown option '--idd'$/);
    expect(() => readTokenArguments(['--jwks', 'canary'], ['id'])).toThrow(/^--jwks is not a flag of this command$/);
  });

  it.each([
    ['90', 90],
    ['30s', 30],
    ['15m', 900],
    ['1h', 3600],
    ['7d', 604_800],
  ])('the duration %s has %i seconds', (written, seconds) => expect(readDuration('--ttl', written)).toBe(seconds));

  it.each(['', '0', '1w', '-1', '1.5h', 'h', '1234567'])('%j is no duration', (written) =>
    expect(() => readDuration('--ttl', written)).toThrow(/^--ttl is .*; it must be a duration such as 30s, 15m, 1h or 7d$/),
  );
});
