import { type AddressRange, includesAddress, parseRange } from './address-ranges.ts';
import { parsePeerId, type RealmKey } from './ids.ts';
import { networkOf } from './networks.ts';
import { accepted, refused, type Result } from './result.ts';
import { NEVER, type Millis } from './time.ts';

/** The target of a ban: the id of a peer, the user (`sub`), the id of a token (`jti`), or an address or network. */
export const BAN_TARGETS = ['id', 'sub', 'jti', 'address'] as const;
export type BanTarget = (typeof BAN_TARGETS)[number];

/** A ban of the operator. */
export interface BanRequest {
  readonly what: BanTarget;
  readonly value: string;
  /** For `id`: the realm; undefined for all realms. */
  readonly realm: RealmKey | undefined;
  /** NEVER if the ban has no end. */
  readonly endsAt: Millis;
  /** For the operator. Clients do not receive it. */
  readonly reason: string | undefined;
}

/** A ban in effect. */
export interface Ban extends BanRequest {
  /** The same on each node: made of target, realm and value. */
  readonly id: string;
}

/** The facts about a client that bans are compared with. */
export interface BanFacts {
  readonly realm: RealmKey | undefined;
  readonly id: string | undefined;
  readonly subject: string | undefined;
  readonly tokenId: string | undefined;
  readonly address: string;
}

/** `ban-value-unusable`: no address or network, a text that is empty or too long, or no peer id (O7). */
export type BanRefusal = { readonly reason: 'too-many-bans'; readonly limit: number } | { readonly reason: 'ban-value-unusable' };

const MAX_BANS = 10_000;
/** Networks are compared one by one. */
const MAX_NETWORKS = 500;
const MAX_VALUE_LENGTH = 256;

/** ADM4: the bans that this node knows. Without bans, a look-up costs one comparison. */
export class BanTable {
  readonly #bans = new Map<string, Ban>();
  readonly #networks = new Map<string, AddressRange>();

  /** Replaces a ban of the same target and value. */
  add(request: BanRequest, now: Millis): Result<Ban, BanRefusal> {
    const checked = this.check(request, now);
    if (checked.ok) this.#set(checked.value);
    return checked;
  }

  /** The ban that a request means, if it is possible. Changes no ban in effect. */
  check(request: BanRequest, now: Millis): Result<Ban, BanRefusal> {
    if (request.value === '' || request.value.length > MAX_VALUE_LENGTH) return refused({ reason: 'ban-value-unusable' });
    // A ban that fits no client would only look like one.
    if (request.what === 'id' && !parsePeerId(request.value, MAX_VALUE_LENGTH).ok) {
      return refused({ reason: 'ban-value-unusable' });
    }
    const range = request.what === 'address' ? parseRange(request.value) : undefined;
    if (request.what === 'address' && range === undefined) return refused({ reason: 'ban-value-unusable' });
    const id = idOf(range === undefined ? request : { ...request, value: rangeText(request.value, range) });
    const isNetwork = range !== undefined && request.value.includes('/');
    const limit = isNetwork ? MAX_NETWORKS : MAX_BANS;
    if (!this.#bans.has(id) && !this.#hasRoom(isNetwork, limit, now)) return refused({ reason: 'too-many-bans', limit });
    return accepted({ ...request, id });
  }

  /** Makes these the only bans, up to the limits. @returns whether there is a ban among them that was not in effect. */
  replaceAll(bans: readonly Ban[], now: Millis): boolean {
    const kept = new Set(bans.map(({ id }) => id));
    for (const id of this.#bans.keys()) if (!kept.has(id)) this.remove(id);
    let hasNew = false;
    for (const ban of bans) {
      // A known id has the same target and value, so only the end and the reason can differ.
      if (this.#bans.has(ban.id)) this.#bans.set(ban.id, ban);
      else if (this.add(ban, now).ok) hasNew = true;
    }
    return hasNew;
  }

  /** The ban of that id, if it has not ended. */
  get(id: string, now: Millis): Ban | undefined {
    return this.#live(id, now);
  }

  /** @returns the removed ban. */
  remove(id: string): Ban | undefined {
    const ban = this.#bans.get(id);
    this.#bans.delete(id);
    this.#networks.delete(id);
    return ban;
  }

  /** The bans that have not ended, in the order in which this node learned of them. */
  all(now: Millis): Ban[] {
    this.#removeEnded(now);
    return [...this.#bans.values()];
  }

  get isEmpty(): boolean {
    return this.#bans.size === 0;
  }

  /** The ban that applies to a client; undefined for none. */
  find({ realm, id, subject, tokenId, address }: BanFacts, now: Millis): Ban | undefined {
    if (this.isEmpty) return undefined;
    return (
      this.#live(subject === undefined ? undefined : idOf({ what: 'sub', value: subject, realm: undefined }), now) ??
      this.#live(tokenId === undefined ? undefined : idOf({ what: 'jti', value: tokenId, realm: undefined }), now) ??
      this.#live(idOf({ what: 'address', value: address, realm: undefined }), now) ??
      this.#networkOf(address, now) ??
      this.#live(id === undefined ? undefined : idOf({ what: 'id', value: id, realm }), now) ??
      this.#live(id === undefined ? undefined : idOf({ what: 'id', value: id, realm: undefined }), now)
    );
  }

  /** Bans that have ended are removed only if they take the place of a new one. */
  #hasRoom(isNetwork: boolean, limit: number, now: Millis): boolean {
    const size = (): number => (isNetwork ? this.#networks.size : this.#bans.size - this.#networks.size);
    if (size() >= limit) this.#removeEnded(now);
    return size() < limit;
  }

  /** Whether an address is banned, before any token was read. */
  hasAddress(address: string, now: Millis): boolean {
    return this.find({ realm: undefined, id: undefined, subject: undefined, tokenId: undefined, address }, now) !== undefined;
  }

  #set(ban: Ban): void {
    this.#bans.set(ban.id, ban);
    const range = ban.what === 'address' && ban.value.includes('/') ? parseRange(ban.value) : undefined;
    if (range !== undefined) this.#networks.set(ban.id, range);
  }

  #live(id: string | undefined, now: Millis): Ban | undefined {
    const ban = id === undefined ? undefined : this.#bans.get(id);
    if (ban === undefined || now < ban.endsAt) return ban;
    this.remove(ban.id);
    return undefined;
  }

  #networkOf(text: string, now: Millis): Ban | undefined {
    const address = this.#networks.size === 0 ? undefined : parseRange(text);
    if (address === undefined) return undefined;
    for (const [id, range] of this.#networks) {
      const ban = includesAddress(range, address) ? this.#live(id, now) : undefined;
      if (ban !== undefined) return ban;
    }
    return undefined;
  }

  #removeEnded(now: Millis): void {
    for (const { id, endsAt } of this.#bans.values()) if (endsAt !== NEVER && now >= endsAt) this.remove(id);
  }
}

/** Keys of realms have no slash, and only patterns have a star. */
function idOf({ what, value, realm }: Pick<BanRequest, 'what' | 'value' | 'realm'>): string {
  if (what === 'address') return `address:${value.includes('/') ? value : networkOf(value)}`;
  return what === 'id' ? `id:${realm ?? '*'}/${value}` : `${what}:${value}`;
}

/** H17: a single address in the form that transports report. An IPv6 address stands for its /64. */
function rangeText(text: string, { groups, groupBits }: AddressRange): string {
  if (text.includes('/')) return text.toLowerCase();
  return groupBits === 8 ? groups.join('.') : groups.map((group) => group.toString(16)).join(':');
}
