import type {
  Correspondent,
  ExpiredInRealm,
  HoldOutcome,
  MailboxStore,
  TakeAnswer,
} from '../../../application/ports/mailbox-store.ts';
import type { PeerId, RealmKey } from '../../../domain/ids.ts';
import type { MailroomLimits } from '../../../domain/mailroom.ts';
import { matters, weightOf, type MessageKind, type SignalMessage } from '../../../domain/message.ts';
import { NEVER, type Millis } from '../../../domain/time.ts';
import { ownerOf, type Owner } from '../../../domain/token.ts';
import { writeWord } from '../shared/words.ts';
import { listOf, textOf, type RedisLink, type Reply } from './link.ts';

export interface RedisMailboxSettings extends MailroomLimits {
  readonly realms: readonly RealmKey[];
}

const MANY = 1_000;
/** Messages that one script looks at for what has expired. */
const EXPIRE_BATCH = 500;
/** Of a message that was taken: kind, sender, whether it has a payload, the payload, proof of the sender. */
const PARTS = 5;
/** Of what has expired: sender, addressee, proof of the sender. */
const PAIR_PARTS = 3;
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
    const { mailboxMessages, mailboxBytes, realmMailboxBytes, mailboxesPerSender, sendBufferBytes } = this.#settings;
    const { kind, from, to, payload, owner } = message;
    const given = [
      ...[to, from, sender?.realm.node ?? '', sender?.connection ?? '', kind, matters(kind) ? '1' : '0', weightOf(message)],
      ...[payload ?? '', payload === undefined ? '0' : '1', owner?.proof ?? ''],
      ...[realmMailboxBytes, mailboxMessages, mailboxBytes, mailboxesPerSender, sendBufferBytes],
      writeWord(this.#link.node, { say: 'mail', realm, id: to }),
    ];
    this.#link.ask(
      'put',
      realm,
      given,
      (reply) => {
        const outcome = textOf(reply);
        if (outcome === 'held') this.#expect(now + this.#settings.expireTimeout);
        answer(HELD.find((known) => known === outcome) ?? 'full');
      },
      () => answer('full'),
    );
  }

  take({ realm, id, connection }: Correspondent, answer: TakeAnswer): void {
    this.#link.ask(
      'take',
      realm.key,
      [id, realm.node, connection],
      (reply) => {
        if (textOf(reply) === 'moved') return answer([], [], 'moved');
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
    const { realms } = this.#settings;
    this.#nextDeadline = NEVER;
    const expired: ExpiredInRealm[] = [];
    let left = realms.length;
    for (const realm of realms) {
      this.#expireIn(realm, now, expired, () => {
        if (--left === 0) answer(expired);
      });
    }
  }

  /** Of what this node knows: what was put since the last look for what has expired, and what that has found. */
  nextDeadline(): Millis {
    return this.#nextDeadline;
  }

  /** In steps, so that no step keeps the engine busy. */
  #expireIn(realm: RealmKey, now: Millis, out: ExpiredInRealm[], then: () => void): void {
    const { expireTimeout } = this.#settings;
    this.#link.ask(
      'expire',
      realm,
      [expireTimeout, EXPIRE_BATCH],
      (reply) => {
        const [wait, ...parts] = idsIn(reply);
        for (let at = 0; at + PAIR_PARTS <= parts.length; at += PAIR_PARTS) {
          const [from, to, proof] = parts.slice(at, at + PAIR_PARTS) as [PeerId, PeerId, string];
          out.push({ realm, from, to, owner: ownerIn(proof) });
        }
        if (wait !== undefined && wait !== '' && Number(wait) === 0) return this.#expireIn(realm, now, out, then);
        if (wait !== undefined && wait !== '') this.#expect(now + Number(wait));
        then();
      },
      () => {
        this.#expect(now + expireTimeout);
        then();
      },
    );
  }

  #expect(deadline: Millis): void {
    this.#nextDeadline = Math.min(this.#nextDeadline, deadline);
  }
}

function messagesIn(parts: readonly Reply[], to: PeerId): SignalMessage[] {
  const messages: SignalMessage[] = [];
  for (let at = 0; at + PARTS <= parts.length; at += PARTS) {
    const [kind, from, has, payload, proof] = parts.slice(at, at + PARTS);
    messages.push({
      kind: textOf(kind) as MessageKind,
      from: textOf(from) as PeerId,
      to,
      payload: textOf(has) === '1' && Buffer.isBuffer(payload) ? payload : undefined,
      owner: ownerIn(textOf(proof)),
    });
  }
  return messages;
}

function ownerIn(proof: string): Owner | undefined {
  return proof === '' ? undefined : ownerOf(proof);
}

function idsIn(reply: Reply | undefined): PeerId[] {
  return listOf(reply).map((id) => textOf(id) as PeerId);
}
