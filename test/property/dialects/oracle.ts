import { isUtf8 } from 'node:buffer';

/** What a frame means to a server that calls JSON.parse on it, and then looks at type, dst and payload. */
export type Meaning =
  | { readonly is: 'no object' }
  | { readonly is: 'heartbeat' }
  | { readonly is: 'not relayed' }
  | { readonly is: 'to no text' }
  | { readonly is: 'goodbye' }
  | { readonly is: 'relayed'; readonly type: string; readonly dst: string | undefined; readonly payload: Held | undefined };

/** A value that a member holds; in a wrapper, since null is one too. */
interface Held {
  readonly value: unknown;
}

const RELAYED = new Set(['OFFER', 'ANSWER', 'CANDIDATE', 'LEAVE', 'EXPIRE']);

export function meaningOf(bytes: Uint8Array): Meaning {
  const parsed = objectOf(bytes);
  if (parsed === undefined) return { is: 'no object' };
  const type = heldBy(parsed, 'type')?.value;
  if (type === 'HEARTBEAT') return { is: 'heartbeat' };
  if (typeof type !== 'string' || !RELAYED.has(type)) return { is: 'not relayed' };
  const dst = heldBy(parsed, 'dst')?.value ?? undefined;
  if (dst !== undefined && typeof dst !== 'string') return { is: 'to no text' };
  if (type === 'LEAVE' && !dst) return { is: 'goodbye' };
  return { is: 'relayed', type, dst, payload: heldBy(parsed, 'payload') };
}

/** The last one of that name: JSON.parse keeps no other. */
function heldBy(parsed: object, name: string): Held | undefined {
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

/** The members of the outermost object as they are written, repeated ones too. JSON.parse would hide them. */
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
