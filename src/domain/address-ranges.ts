/** An IPv4 or IPv6 network: the groups of its address (8 or 16 bits each), and the length of its prefix in bits. */
export interface AddressRange {
  readonly groups: readonly number[];
  readonly groupBits: 8 | 16;
  readonly prefixLength: number;
}

const V4_GROUPS = 4;
const V6_GROUPS = 8;

/** Parses an address, or a network such as `10.0.0.0/8`. @returns undefined for any other text. */
export function parseRange(text: string): AddressRange | undefined {
  const [address = '', length, ...rest] = text.split('/');
  const parsed = address.includes(':') ? parseV6(address) : parseV4(address);
  if (parsed === undefined || rest.length > 0) return undefined;
  const bits = parsed.groups.length * parsed.groupBits;
  const prefixLength = length === undefined ? bits : /^\d{1,3}$/.test(length) ? Number(length) : Number.POSITIVE_INFINITY;
  return prefixLength > bits ? undefined : { ...parsed, prefixLength };
}

/** Whether a range includes an address. */
export function includesAddress({ groups, groupBits, prefixLength }: AddressRange, address: AddressRange): boolean {
  if (address.groupBits !== groupBits) return false;
  for (let i = 0, left = prefixLength; left > 0; i++, left -= groupBits) {
    const shift = Math.max(0, groupBits - left);
    if ((groups[i] ?? 0) >> shift !== (address.groups[i] ?? 0) >> shift) return false;
  }
  return true;
}

type Address = Pick<AddressRange, 'groups' | 'groupBits'>;

/** Without leading zeros, because programs disagree whether such a number is octal. */
function parseV4(text: string): Address | undefined {
  const parts = text.split('.');
  const isValid = parts.length === V4_GROUPS && parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256);
  return isValid ? { groups: parts.map(Number), groupBits: 8 } : undefined;
}

/** Without an IPv4 part and without a zone. */
function parseV6(text: string): Address | undefined {
  const [head = '', tail, ...rest] = text.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const missing = V6_GROUPS - before.length - after.length;
  if (rest.length > 0 || (tail === undefined ? missing !== 0 : missing < 1)) return undefined;
  const parts = [...before, ...Array.from({ length: missing }, () => '0'), ...after];
  return parts.every((part) => /^[\da-f]{1,4}$/i.test(part))
    ? { groups: parts.map((part) => Number.parseInt(part, 16)), groupBits: 16 }
    : undefined;
}
