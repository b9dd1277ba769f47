import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import type { ClientAddresses } from '../../application/ports/client-addresses.ts';
import type { HttpRequest } from '../../application/ports/http.ts';

/**
 * The trusted proxies: a number of hops, counted from the broker, or a list of subnets. `true` is one hop, because a client
 * behind an unlimited number of trusted hops could choose its address.
 */
export type TrustedProxies = boolean | number | readonly string[];

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Subnet = readonly [network: Address, prefixLength: number];

const HEADER = 'x-forwarded-for';

// At most this many entries are read, from the end of the header.
const MAX_ENTRIES = 64;

/** H10: client addresses behind proxies, each of which appends the address of its client to `x-forwarded-for`. */
export class ProxiedAddresses implements ClientAddresses {
  readonly #isTrusted: (address: string, hops: number) => boolean;

  /** @param trusted subnets in the form that `parseSubnet` accepts; other entries are ignored. */
  constructor(trusted: TrustedProxies) {
    if (typeof trusted === 'object') {
      const subnets = trusted.map(parseSubnet).filter((subnet) => subnet !== undefined);
      this.#isTrusted = (address) => subnets.some((subnet) => contains(subnet, address));
    } else {
      this.#isTrusted = (_, hops) => hops < Number(trusted);
    }
  }

  /**
   * The nearest address that does not belong to a trusted proxy. An entry that is not an address ends the search at the previous
   * address.
   */
  of(request: HttpRequest): string {
    let address = request.remoteAddress;
    if (!this.#isTrusted(address, 0)) return address;
    let hops = 0;
    for (const entry of fromTheRight(request.header(HEADER) ?? '')) {
      const next = addressIn(entry);
      if (next === undefined) return address;
      address = next;
      hops += 1;
      if (hops === MAX_ENTRIES || !this.#isTrusted(address, hops)) return address;
    }
    return address;
  }
}

/** Parses an address, or a subnet such as `10.0.0.0/8`. @returns undefined for any other text. */
export function parseSubnet(text: string): Subnet | undefined {
  const [network = '', length, ...rest] = text.split('/');
  if (isIP(network) === 0 || network.includes('%') || rest.length > 0) return undefined;
  const address = ipaddr.parse(network);
  const bits = address.kind() === 'ipv4' ? 32 : 128;
  const prefixLength = length === undefined ? bits : /^\d{1,3}$/.test(length) ? Number(length) : Infinity;
  if (prefixLength > bits) return undefined;
  const plain = ipaddr.process(network);
  const mapped = plain.kind() === address.kind() ? 0 : 96;
  return prefixLength < mapped ? undefined : [plain, prefixLength - mapped];
}

function contains([network, prefixLength]: Subnet, text: string): boolean {
  if (isIP(text) === 0) return false;
  const address = ipaddr.process(text);
  return address.kind() === network.kind() && address.match(network, prefixLength);
}

function* fromTheRight(header: string): Generator<string> {
  let end = header.length;
  while (end > 0) {
    const comma = header.lastIndexOf(',', end - 1);
    yield header.slice(comma + 1, end).trim();
    end = comma;
  }
}

const WITH_PORT = /^(?:\[(?<six>[^\]]+)\]|(?<four>[\d.]+))(?::\d{1,5})?$/;

/** The address in one entry, which some proxies write with a port. Undefined for any other text. */
function addressIn(entry: string): string | undefined {
  const { six, four } = WITH_PORT.exec(entry)?.groups ?? {};
  const text = six ?? four ?? entry;
  if (isIP(text) === 0 || text.includes('%')) return undefined;
  return ipaddr.process(text).toString();
}
