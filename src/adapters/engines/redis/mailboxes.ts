import type {
  ExpireAnswer,
  MailboxPeer,
  ExpiredInRealm,
  ExceededBound,
  HoldAnswer,
  HoldOutcome,
  MailboxStore,
  TakeAnswer,
} from '../../../application/ports/mailbox-store.ts';
import type { PeerId, RealmKey } from '../../../domain/ids.ts';
import type { MailboxLimits } from '../../../domain/mailbox-table.ts';
import { needsDelivery, heldMessageBytes, type MessageKind, type SignalMessage } from '../../../domain/message.ts';
import { NEVER, type Millis } from '../../../domain/time.ts';
import { ownerOf, type Owner } from '../../../domain/token.ts';
import { encodeBusMessage } from '../shared/bus-messages.ts';
import { CollectedMessages } from './collected-messages.ts';
import { listOf, textOf, type Reply } from './replies.ts';
import type { ScriptRunner } from './script-runner.ts';

export interface RedisMailboxSettings extends MailboxLimits {
  readonly realms: readonly RealmKey[];
}

const MAX_LISTED = 1_000;
/** Messages that one script checks for expiry. */
const EXPIRE_BATCH = 500;
/** Fields of a taken message: kind, sender, whether there is a payload, payload, proof of the sender, waiting time, id. */
const MESSAGE_FIELDS = 7;
/** Fields of an expired pair: sender, addressee, proof of the sender. */
const EXPIRED_FIELDS = 3;
const ALWAYS = (): boolean => true;
const HOLD_OUTCOMES: readonly HoldOutcome[] = ['held', 'full', 'unwanted', 'moved'];

/** Mailboxes in Redis or Valkey, for absent peers and peers of other nodes. Messages expire by the clock of Redis. */
export class RedisMailboxStore implements MailboxStore {
  readonly #runner: ScriptRunner;
  readonly #settings: RedisMailboxSettings;
  readonly #collected = new CollectedMessages();
  #nextDeadline: Millis = NEVER;

  constructor(runner: ScriptRunner, settings: RedisMailboxSettings) {
    this.#runner = runner;
    this.#settings = settings;
  }

  put(realm: RealmKey, sender: MailboxPeer | undefined, message: SignalMessage, now: Millis, answer: HoldAnswer): void {
    const { mailboxMessages, mailboxBytes, realmMailboxBytes, mailboxesPerSender, sendBufferBytes } = this.#settings;
    const { kind, from, to, payload, owner } = message;
    const args = [
      ...[
        to,
        from,
        sender?.realm.node ?? '',
        sender?.connection ?? '',
        kind,
        needsDelivery(kind) ? '1' : '0',
        heldMessageBytes(message),
      ],
      ...[payload ?? '', payload === undefined ? '0' : '1', owner?.proof ?? ''],
      ...[realmMailboxBytes, mailboxMessages, mailboxBytes, mailboxesPerSender, sendBufferBytes],
      encodeBusMessage(this.#runner.node, { type: 'mail', realm, id: to }),
    ];
    this.#runner.run(
      'put',
      realm,
      args,
      (reply) => {
        const [outcome, bound] = textOf(reply).split(' ');
        if (outcome === 'held') this.#scheduleExpiry(now + this.#settings.expireTimeout);
        answer(HOLD_OUTCOMES.find((known) => known === outcome) ?? 'full', bound as ExceededBound | undefined);
      },
      () => answer('full', 'engine'),
    );
  }

  take({ realm, id, connection }: MailboxPeer, answer: TakeAnswer, _now?: Millis, isWanted: () => boolean = ALWAYS): void {
    this.#runner.run(
      () => (isWanted() ? 'take' : 'takeNothing'),
      realm.key,
      [id, realm.node, connection],
      (reply) => {
        if (textOf(reply) === 'moved') return answer([], [], 'moved');
        const [claim, unread, ...fields] = listOf(reply);
        const taken = takenMessages(fields, id).filter((message) => this.#collected.add(realm.key, message.id));
        const messages = taken.map(({ message }) => message);
        const waits = taken.map(({ waited }) => waited);
        answer(messages, idsOf(unread), textOf(claim) === 'free' ? 'free' : 'held', waits);
      },
      () => answer([], []),
    );
  }

  waiting(realm: RealmKey, answer: (ids: readonly PeerId[]) => void): void {
    this.#runner.run(
      'listMailboxes',
      realm,
      [MAX_LISTED],
      (reply) => answer(idsOf(reply)),
      () => answer([]),
    );
  }

  expire(now: Millis, answer: ExpireAnswer): void {
    const { realms } = this.#settings;
    this.#nextDeadline = NEVER;
    const expired: ExpiredInRealm[] = [];
    let left = realms.length;
    for (const realm of realms) {
      this.#expireIn(realm, now, new Map(), (pairs) => {
        for (const pair of pairs) expired.push(pair);
        if (--left === 0) answer(expired);
      });
    }
  }

  /** Covers the messages that this node has put since the last expiry check, and the deadline which that check returned. */
  nextDeadline(): Millis {
    return this.#nextDeadline;
  }

  /** In steps, so that no step blocks Redis for long. @param pairs of the earlier steps, so that none is returned twice. */
  #expireIn(
    realm: RealmKey,
    now: Millis,
    pairs: Map<string, ExpiredInRealm>,
    then: (pairs: Iterable<ExpiredInRealm>) => void,
  ): void {
    const { expireTimeout } = this.#settings;
    this.#runner.run(
      'expire',
      realm,
      [expireTimeout, EXPIRE_BATCH],
      (reply) => {
        const [wait, ...parts] = idsOf(reply);
        for (let at = 0; at + EXPIRED_FIELDS <= parts.length; at += EXPIRED_FIELDS) {
          const [from, to, proof] = parts.slice(at, at + EXPIRED_FIELDS) as [PeerId, PeerId, string];
          pairs.set(JSON.stringify([from, to, proof]), { realm, from, to, owner: ownerFrom(proof) });
        }
        if (wait !== undefined && wait !== '' && Number(wait) === 0) return this.#expireIn(realm, now, pairs, then);
        if (wait !== undefined && wait !== '') this.#scheduleExpiry(now + Number(wait));
        then(pairs.values());
      },
      () => {
        this.#scheduleExpiry(now + expireTimeout);
        then(pairs.values());
      },
    );
  }

  #scheduleExpiry(deadline: Millis): void {
    this.#nextDeadline = Math.min(this.#nextDeadline, deadline);
  }
}

interface TakenMessage {
  readonly message: SignalMessage;
  readonly waited: Millis;
  readonly id: string;
}

function takenMessages(fields: readonly Reply[], to: PeerId): TakenMessage[] {
  const messages: TakenMessage[] = [];
  for (let at = 0; at + MESSAGE_FIELDS <= fields.length; at += MESSAGE_FIELDS) {
    const [kind, from, has, payload, proof, waited, id] = fields.slice(at, at + MESSAGE_FIELDS);
    const message = {
      kind: textOf(kind) as MessageKind,
      from: textOf(from) as PeerId,
      to,
      payload: textOf(has) === '1' && Buffer.isBuffer(payload) ? payload : undefined,
      owner: ownerFrom(textOf(proof)),
    };
    messages.push({ message, waited: Number(waited), id: textOf(id) });
  }
  return messages;
}

function ownerFrom(proof: string): Owner | undefined {
  return proof === '' ? undefined : ownerOf(proof);
}

function idsOf(reply: Reply | undefined): PeerId[] {
  return listOf(reply).map((id) => textOf(id) as PeerId);
}
