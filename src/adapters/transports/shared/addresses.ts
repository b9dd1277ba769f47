import ipaddr from 'ipaddr.js';

/** How IPv4 inside IPv6 begins: where `::` is listened on, every IPv4 client comes like this. */
const MAPPED = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];

/** An address as this house writes it: IPv6 in its short form, IPv4 inside IPv6 as IPv4. Empty where there is none. */
export function normalizedAddress(address: string | undefined): string {
  if (address === undefined || !ipaddr.isValid(address)) return '';
  return ipaddr.process(address).toString();
}

/** The same for the 4 or 16 bytes of an address. */
export function addressFromBytes(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join('.');
  if (bytes.length !== 16) return '';
  if (MAPPED.every((byte, place) => bytes[place] === byte)) return bytes.subarray(MAPPED.length).join('.');
  return normalizedAddress(ipaddr.fromByteArray([...bytes]).toString());
}
