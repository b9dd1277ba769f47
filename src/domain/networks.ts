const GROUPS = 8;
/** H17: of the eight groups of an IPv6 address, those that its network has given it. */
const NETWORK_GROUPS = 4;

/**
 * H17: what limits for an address count for: an IPv4 address, and the /64 of an IPv6 address, because each host may use a
 * whole /64. @param address in its usual text form; any other text stands for itself.
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
