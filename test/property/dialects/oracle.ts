import { isUtf8 } from 'node:buffer';

/** The meaning of a frame for a server that calls JSON.parse and checks `type`, `dst` and `payload`. */
export type Meaning =
  | { readonly is: 'not an object' }
  | { readonly is: 'heartbeat' }
  | { readonly is: 'not relayed' }
  | { readonly is: 'destination not text' }
  | { readonly is: 'leave' }
  | {
      readonly is: 'relayed';
      readonly type: string;
      readonly dst: string | undefined;
      readonly payload: MemberValue | undefined;
    };

/** The value of a member, wrapped because null is a valid value. */
interface MemberValue {
  readonly value: unknown;
}

const RELAYED = new Set(['OFFER', 'ANSWER', 'CANDIDATE', 'LEAVE', 'EXPIRE']);

export function meaningOf(bytes: Uint8Array): Meaning {
  const parsed = objectOf(bytes);
  if (parsed === undefined) return { is: 'not an object' };
  const type = memberOf(parsed, 'type')?.value;
  if (type === 'HEARTBEAT') return { is: 'heartbeat' };
  if (typeof type !== 'string' || !RELAYED.has(type)) return { is: 'not relayed' };
  const dst = memberOf(parsed, 'dst')?.value ?? undefined;
  if (dst !== undefined && typeof dst !== 'string') return { is: 'destination not text' };
  if (type === 'LEAVE' && !dst) return { is: 'leave' };
  return { is: 'relayed', type, dst, payload: memberOf(parsed, 'payload') };
}

/** The last member of that name; JSON.parse discards the others. */
function memberOf(parsed: object, name: string): MemberValue | undefined {
  const property = Object.getOwnPropertyDescriptor(parsed, name);
  return property === undefined ? undefined : { value: property.value };
}

function objectOf(bytes: Uint8Array): object | undefined {
  if (!isUtf8(bytes)) return undefined;
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(bytes).toString());
  } catch {
    return undefined;
  }
  return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? parsed : undefined;
}

const TOKEN =
  /[ \t\r\n]*("(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|[{}[\]:,])/y;

/** The source texts of all members of the outermost object, including repeated ones, which JSON.parse discards. */
export function membersOf(text: string): [name: string, value: string][] {
  const members: [string, string][] = [];
  let depth = 0;
  let name: string | undefined;
  let valueAt = 0;
  TOKEN.lastIndex = 0;
  for (let token = TOKEN.exec(text); token !== null; token = TOKEN.exec(text)) {
    const word = token[1] ?? '';
    if (word === '{' || word === '[') depth += 1;
    if (depth === 1 && name === undefined && word.startsWith('"')) name = JSON.parse(word) as string;
    else if (depth === 1 && word === ':') valueAt = TOKEN.lastIndex;
    else if (depth === 1 && (word === ',' || word === '}') && name !== undefined) {
      members.push([name, text.slice(valueAt, TOKEN.lastIndex - 1)]);
      name = undefined;
    }
    if (word === '}' || word === ']') depth -= 1;
  }
  return members;
}
