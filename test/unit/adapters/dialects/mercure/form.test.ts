import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readForm } from '../../../../../src/adapters/dialects/mercure/form.ts';

/** The names and values, in order of the names. */
function read(text: string): [string, string[]][] {
  return [...(readForm(Buffer.from(text), 1_000) ?? [])].map(([name, values]) => [name, values.map(String)]);
}

function expected(text: string): [string, string[]][] {
  // The constructor drops a question mark, which is a part of a form.
  const form = new URLSearchParams(`?${text}`);
  return [...new Set(form.keys())].map((name) => [name, form.getAll(name)]);
}

describe('MER3: the fields of a form', () => {
  it('are those that URLSearchParams reads, of any text', () => {
    const piece = fc.constantFrom('a', 'topic', '=', '&', '+', '%', '%2', '%2B', '%zz', '%C3%A4', '%ff', '%00', '?', ' ', '%f');
    const form = fc.array(fc.oneof(piece, fc.string()), { maxLength: 30 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(form, (text) => {
        expect(read(text)).toEqual(expected(Buffer.from(text).toString()));
      }),
      { numRuns: 2_000 },
    );
  });

  it('may have characters outside of ASCII, beside escapes', () => {
    // Not compared, because URLSearchParams of Node misreads them beside an incomplete escape.
    expect(read('ä😀=%C3%A4ä%f')).toEqual([['ä😀', ['ää%f']]]);
  });

  it('are counted before they are decoded', () => {
    expect([readForm(Buffer.from('a&b&c'), 3)?.size, readForm(Buffer.from('a&b&c&'), 3)]).toEqual([3, undefined]);
  });

  it('M23: take a few milliseconds for 1 MiB of any byte', () => {
    const body = (text: string): Buffer => Buffer.from(`data=${text.repeat(Math.floor(1_048_000 / text.length))}`);
    // Twice, because the first run includes the compiler.
    for (const text of ['+', '%', '%41', '=', 'x', '+', '%', '%41', '=', 'x']) readForm(body(text), 10);
    const before = process.cpuUsage();
    for (const text of ['+', '%', '%41', '=', 'x']) readForm(body(text), 10);
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1_000, 'milliseconds of processor time for 5 MiB').toBeLessThan(100);
  });
});
