const AMPERSAND = 0x26;
const EQUALS = 0x3d;
const PERCENT = 0x25;
const PLUS = 0x2b;
const SPACE = 0x20;
const NO_DIGIT = -1;

/** The values of the fields of a form by name, in order, decoded. */
export type Form = ReadonlyMap<string, readonly Buffer[]>;

/**
 * Reads a body of `application/x-www-form-urlencoded` in one pass. `URLSearchParams` takes 50 ms for 1 MiB of `+`, because it
 * joins the parts between them.
 * @param maxFields counted before they are decoded. @returns undefined if there are more.
 */
export function readForm(body: Uint8Array, maxFields: number): Form | undefined {
  if (hasMoreFields(body, maxFields)) return undefined;
  const form = new Map<string, Buffer[]>();
  const decoded = Buffer.allocUnsafe(body.length);
  let written = 0;
  for (let at = 0; at <= body.length;) {
    const from = written;
    let nameEnd = -1;
    for (; at < body.length && body[at] !== AMPERSAND; at++) {
      const byte = body[at] as number;
      if (byte === EQUALS && nameEnd < 0) {
        nameEnd = written;
        continue;
      }
      const escaped = byte === PERCENT ? escapedByte(body, at) : NO_DIGIT;
      if (escaped >= 0) at += 2;
      decoded[written++] = escaped >= 0 ? escaped : byte === PLUS ? SPACE : byte;
    }
    at += 1;
    if (written === from && nameEnd < 0) continue;
    const name = decoded.toString('utf8', from, nameEnd < 0 ? written : nameEnd);
    const value = decoded.subarray(nameEnd < 0 ? written : nameEnd, written);
    const values = form.get(name);
    if (values === undefined) form.set(name, [value]);
    else values.push(value);
  }
  return form;
}

function hasMoreFields(body: Uint8Array, most: number): boolean {
  let count = 1;
  for (let at = body.indexOf(AMPERSAND); at >= 0; at = body.indexOf(AMPERSAND, at + 1)) if (++count > most) return true;
  return false;
}

/** @returns the byte of an escape such as `%2B`; negative for a percent sign without two digits. */
function escapedByte(body: Uint8Array, at: number): number {
  const [high, low] = [digitAt(body, at + 1), digitAt(body, at + 2)];
  return high < 0 || low < 0 ? NO_DIGIT : 16 * high + low;
}

/** The value of a hexadecimal digit. */
function digitAt(body: Uint8Array, at: number): number {
  const byte = body[at] ?? 0;
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const upper = byte & 0xdf;
  return upper >= 0x41 && upper <= 0x46 ? upper - 0x37 : NO_DIGIT;
}
