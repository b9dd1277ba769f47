import type { Correspondent, ExpiredInRealm, HoldOutcome, MailboxStore } from '../../../application/ports/mailbox-store.ts';
import type { PeerId, RealmKey } from '../../../domain/ids.ts';
import type { MailroomLimits } from '../../../domain/mailroom.ts';
import { matters, weightOf, type MessageKind, type SignalMessage } from '../../../domain/message.ts';
import { NEVER, type Millis } from '../../../domain/time.ts';
import { writeWord } from '../shared/words.ts';
import { listOf, textOf, type RedisLink, type Reply } from './link.ts';

export interface RedisMailboxSettings extends MailroomLimits {
  readonly realms: readonly RealmKey[];
}

const MANY = 1_000;
/** Mailboxes that one look for what has expired goes through, in each realm. */
const EXPIRE_BATCH = 200;
/** Of a message that was taken: kind, sender, whether it has a payload, the payload. */
const PARTS = 4;
const HELD: readonly HoldOutcome[] = ['held', 'full', 'unwanted', 'moved'];

/** What waits for absent peers, and for those of other nodes, in Redis or Valkey. Age counts by the engine's time. */
export class RedisMailboxStore implements MailboxStore {
  readonly #link: RedisLink;
  readonly #settings: RedisMailboxSettings;
  #nextDeadline: Millis = NEVER;

  constructor(link: RedisLink, settings: RedisMailboxSettings) {
    this.#link = link;
    this.#settings = settings;
  }

  put(
    realm: RealmKey,
    sender: Correspondent | undefined,
    message: SignalMessage,
    now: Millis,
    answer: (outcome: HoldOutcome) => void,
  ): void {
    const { mailboxMessages, mailboxBytes, realmMailboxBytes, mailboxesPerSender, expireTimeout } = this.#settings;
    const { kind, from, to, payload } = message;
    const given = [
      ...[to, from, sender?.realm.node ?? '', sender?.connection ?? '', kind, matters(kind) ? '1' : '0', weightOf(message)],
      ...[payload ?? '', payload === undefined ? '0' : '1'],
      ...[mailboxMessages, mailboxBytes, realmMailboxBytes, mailboxesPerSender],
      writeWord(this.#link.node, { say: 'mail', realm, id: to }),
    ];
    this.#link.ask(
      'put',
      realm,
      given,
      (reply) => {
        const outcome = textOf(reply);
        if (outcome === 'held') this.#expect(now + expireTimeout);
        answer(HELD.find((known) => known === outcome) ?? 'full');
      },
      () => answer('full'),
    );
  }

  take(
    { realm, id, connection }: Correspondent,
    answer: (messages: readonly SignalMessage[], unread: readonly PeerId[]) => void,
  ): void {
    this.#link.ask(
      'take',
      realm.key,
      [id, realm.node, connection],
      (reply) => {
        const [unread, ...parts] = listOf(reply);
        answer(messagesIn(parts, id), idsIn(unread));
      },
      () => answer([], []),
    );
  }

  waiting(realm: RealmKey, answer: (ids: readonly PeerId[]) => void): void {
    this.#link.ask(
      'waiting',
      realm,
      [MANY],
      (reply) => answer(idsIn(reply)),
      () => answer([]),
    );
  }

  expire(now: Millis, answer: (expired: readonly ExpiredInRealm[]) => void): void {
    const { realms, expireTimeout } = this.#settings;
    this.#nextDeadline = NEVER;
    const expired: ExpiredInRealm[] = [];
    let left = realms.length;
    const settle = (): void => {
      if (--left === 0) answer(expired);
    };
    for (const realm of realms) {
      this.#link.ask(
        'expire',
        realm,
        [expireTimeout, EXPIRE_BATCH],
        (reply) => {
          const [wait, ...ids] = idsIn(reply);
          if (wait !== undefined && wait !== '') this.#expect(now + Number(wait));
          for (let at = 0; at + 1 < ids.length; at += 2) {
            expired.push({ realm, from: ids[at] as PeerId, to: ids[at + 1] as PeerId });
          }
          settle();
        },
        () => {
          this.#expect(now + expireTimeout);
          settle();
        },
      );
    }
  }

  /** Of what this node knows: what was put since the last look for what has expired, and what that has found. */
  nextDeadline(): Millis {
    return this.#nextDeadline;
  }

  #expect(deadline: Millis): void {
    this.#nextDeadline = Math.min(this.#nextDeadline, deadline);
  }
}

function messagesIn(parts: readonly Reply[], to: PeerId): SignalMessage[] {
  const messages: SignalMessage[] = [];
  for (let at = 0; at + PARTS <= parts.length; at += PARTS) {
    const [kind, from, has, payload] = parts.slice(at, at + PARTS);
    messages.push({
      kind: textOf(kind) as MessageKind,
      from: textOf(from) as PeerId,
      to,
      payload: textOf(has) === '1' && Buffer.isBuffer(payload) ? payload : undefined,
    });
  }
  return messages;
}

function idsIn(reply: Reply | undefined): PeerId[] {
  return listOf(reply).map((id) => textOf(id) as PeerId);
}
