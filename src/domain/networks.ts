const GROUPS = 8;
/** H17: groups of an IPv6 address that identify its /64 network. */
const NETWORK_GROUPS = 4;

/**
 * H17: the unit for limits by address: an IPv4 address, or the /64 network of an IPv6 address, because one host may use a
 * whole /64. @param address in its usual text form; any other text is returned unchanged.
 */
export function networkOf(address: string): string {
  if (!address.includes(':')) return address;
  const [head = '', tail] = address.split('::', 2);
  const before = head === '' ? [] : head.split(':');
  if (tail === undefined) return `${before.slice(0, NETWORK_GROUPS).join(':')}::/64`;
  const after = tail === '' ? [] : tail.split(':');
  const zeros = Array.from({ length: Math.max(0, GROUPS - before.length - after.length) }, () => '0');
  return `${[...before, ...zeros, ...after].slice(0, NETWORK_GROUPS).join(':')}::/64`;
}
