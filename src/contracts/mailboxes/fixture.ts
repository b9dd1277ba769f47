import type { ExpiredInRealm, HoldOutcome, MailboxStore, MailboxPeer } from '../../application/ports/mailbox-store.ts';
import { connectionId, nodeId, realmKey, type PeerId, type RealmKey } from '../../domain/ids.ts';
import type { MailboxLimits } from '../../domain/mailbox-table.ts';
import { heldMessageBytes, type SignalMessage } from '../../domain/message.ts';
import type { Millis } from '../../domain/time.ts';
import type { ManualTime } from './manual-time.ts';
import { Token } from '../../domain/token.ts';

/** Mailboxes and bytes in all realms. */
export interface Usage {
  readonly mailboxes: number;
  readonly bytes: number;
}

/** One empty store with the limits of a clause. */
export interface MailboxSubject {
  readonly store: MailboxStore;
  /** The store is shared by several nodes: takes of others update the deadline with the next expiry check. */
  readonly isShared?: boolean;
  usage(): Promise<Usage>;
  dispose(): Promise<void>;
  /** Undefined for a store whose messages end with its process. */
  readonly durable?: DurableControls;
}

/** How a process ends. `crash`: without a call of `close`. */
export type Restart = 'close' | 'crash';

/** The controls of a store whose messages outlive its process. */
export interface DurableControls {
  /** Ends the process of the store, and starts another store on the same data, with the same limits and time. */
  restart(how: Restart): Promise<Pick<MailboxSubject, 'store' | 'usage'>>;
  /** The store can't write from now on. @returns a function that lets it write again. */
  blockWrites(): Promise<() => Promise<void>>;
}

/** One promise of the port. */
export interface Clause {
  readonly name: string;
  readonly limits?: Partial<MailboxLimits>;
  /** Only for stores that count the bytes of each realm, with the ids as they are. */
  readonly needsOwnBytes?: true;
  readonly run: (subject: MailboxSubject) => Promise<void>;
}

/** One promise of a durable store. */
export interface DurableClause extends Pick<Clause, 'name' | 'limits'> {
  readonly run: (subject: MailboxSubject, controls: DurableControls, time: ManualTime) => Promise<void>;
}

export const TIMEOUT: Millis = 1_000;
/** All messages that were put at the start have expired by this time. */
export const MUCH_LATER: Millis = 10 * TIMEOUT;

export const ROOMY: MailboxLimits = {
  mailboxMessages: 100,
  mailboxBytes: 1_000_000,
  realmMailboxBytes: 1_000_000,
  mailboxesPerSender: 100,
  sendBufferBytes: 1_000_000,
  expireTimeout: TIMEOUT,
};

export const GREEN = 'green';

/** An offer of `ann` to `bob` by default. */
export function offer(but: { from?: string; to?: string; payload?: string; token?: string } = {}): SignalMessage {
  return {
    kind: 'offer',
    from: (but.from ?? 'ann') as PeerId,
    to: (but.to ?? 'bob') as PeerId,
    payload: new TextEncoder().encode(but.payload ?? '"hello"'),
    owner: but.token === undefined ? undefined : new Token(but.token),
  };
}

export const TOO_LARGE: SignalMessage = { ...offer({ from: 'eve' }), payload: new Uint8Array(2 * ROOMY.mailboxBytes) };

/** Bytes of all `messages`, as the limits count them. */
export function weigh(...messages: SignalMessage[]): number {
  return messages.reduce((bytes, message) => bytes + heldMessageBytes(message), 0);
}

export function put({ store }: MailboxSubject, message: SignalMessage, { realm = GREEN, now = 0 } = {}): Promise<HoldOutcome> {
  return new Promise((answer) => store.put(realmKey(realm), mailboxOwner(realmKey(realm), message.from), message, now, answer));
}

export function take({ store }: MailboxSubject, id: string, realm = GREEN): Promise<readonly SignalMessage[]> {
  return new Promise((answer) => store.take(mailboxOwner(realmKey(realm), id as PeerId), answer));
}

/** A connection that owns an id. */
export function mailboxOwner(realm: RealmKey, id: PeerId): MailboxPeer {
  return { realm: { key: realm, node: nodeId('here') }, id, connection: connectionId(1, 0) };
}

/** M23: calls `expire` until no message is due. */
export async function expire({ store }: MailboxSubject, now: Millis): Promise<readonly ExpiredInRealm[]> {
  const all: ExpiredInRealm[] = [];
  const expireSome = (): Promise<boolean> =>
    new Promise((answer) =>
      store.expire(now, (expired, isMore = false) => {
        all.push(...expired);
        answer(isMore);
      }),
    );
  while (await expireSome());
  return all;
}

/** Takes the messages for `id`, and returns their payloads as text. */
export async function takePayloads(subject: MailboxSubject, id: string, realm = GREEN): Promise<string[]> {
  return (await take(subject, id, realm)).map(({ payload }) => new TextDecoder().decode(payload));
}

export function pair(from: string, to: string, realm = GREEN): { realm: string; from: string; to: string } {
  return { realm, from, to };
}

/** A message with a comparable payload. */
export function plain({ kind, from, to, payload }: SignalMessage): unknown {
  return { kind, from, to, payload: payload === undefined ? undefined : Buffer.from(payload).toString('hex') };
}
