import type { TopicRegistry } from '../../domain/topic-registry.ts';
import type { Decision } from '../../domain/decision.ts';
import type { Realm, RealmSession } from '../../domain/realm.ts';
import type { Realms } from '../../domain/realms.ts';
import type { SessionTraits } from '../../domain/session.ts';
import type { Millis } from '../../domain/time.ts';
import type { Draft, Publication } from '../../domain/topic.ts';
import type { Connections } from '../connections.ts';
import type { Performer } from '../performer.ts';
import type { Clock } from '../ports/clock.ts';
import type { NodeBus } from '../ports/node-bus.ts';
import type { PeerIds } from '../ports/peer-ids.ts';
import type { FrameRequest, HttpAction, HttpOutcome } from '../ports/requests.ts';
import type { Turns } from '../turns.ts';

/** Tells all that listen to a topic. */
export interface PublishToTopic {
  /** An open connection publishes. To be called within a turn. */
  readonly fromConnection: (session: RealmSession, asked: Extract<FrameRequest, { action: 'publish' }>, now: Millis) => void;
  /** An HTTP request does. A turn of its own. @param key undefined for the first realm. */
  readonly fromHttp: (
    asked: Pick<Extract<HttpAction, { action: 'publish' }>, 'key' | 'draft'>,
    answer: (outcome: HttpOutcome) => void,
    manner: Pick<SessionTraits, 'space' | 'keepsHistory'>,
  ) => void;
}

export interface PublishToTopicParts {
  readonly realms: Realms;
  readonly performer: Performer;
  readonly connections: Connections;
  readonly bus: NodeBus;
  readonly peerIds: PeerIds;
  readonly turns: Turns;
  readonly clock: Clock;
}

/** T11: how many listeners cost one token of M19 more, and how many tokens at most. */
const LISTENERS_PER_TOKEN = 250;
const MOST_EXTRA_TOKENS = 20;
const OVERLOAD_PAUSE: Millis = 20;

/** T1, T3, T4, T6: whoever publishes, those who listen are told in the order in which it was published. */
export function publishToTopic(parts: PublishToTopicParts): PublishToTopic {
  const { realms, performer, connections, bus, peerIds, turns, clock } = parts;
  return {
    fromConnection: (session, { draft, echo, receipt }, now) => {
      const { realm } = session;
      const board = realm.topics(session.traits);
      const publication = board.parsePublication(draft, idFor(board, draft), session);
      if (typeof publication === 'string') return performer.perform(realm, { do: 'ignore', why: 'topic-unusable' }, now);
      const decisions: Decision[] = [];
      const listeners = board.publish(publication, echo ? undefined : session, decisions);
      tellOthers(realm, session.traits, publication);
      if (receipt !== undefined) decisions.push({ do: 'notify', to: [session.connection], event: { event: 'receipt', receipt } });
      performer.performAll(realm, decisions, now);
      charge(parts, session, listeners, now);
    },

    fromHttp: ({ key, draft }, answer, manner) => {
      const realm = key === undefined ? realms.first : realms.find(key);
      if (realm === undefined) return answer({ kind: 'refusal', reason: 'key-unknown' });
      if (connections.fanOut.isFull) return answer({ kind: 'refusal', reason: 'overloaded' });
      const board = realm.topics(manner);
      const publication = board.parsePublication(draft, idFor(board, draft), undefined);
      if (typeof publication === 'string') return answer({ kind: 'refusal', reason: publication });
      turns.run(() => {
        const decisions: Decision[] = [];
        board.publish(publication, undefined, decisions);
        tellOthers(realm, manner, publication);
        performer.performAll(realm, decisions, clock.now());
      });
      answer({ kind: 'publication', id: publication.id });
    },
  };

  /** T4: the listeners of other nodes hear it, too. */
  function tellOthers(
    realm: Realm,
    { space, keepsHistory }: Pick<SessionTraits, 'space' | 'keepsHistory'>,
    publication: Publication,
  ): void {
    if (!realm.isSingleNode) bus.broadcast({ type: 'publication', realm: realm.key, space, keepsHistory, publication });
  }

  /** Where nothing is kept, nobody asks for it by its id. */
  function idFor(board: TopicRegistry, { id }: Draft): string {
    return id ?? (board.keepsHistory ? `urn:uuid:${peerIds.generate()}` : '');
  }
}

/** T10, T11, M19: many listeners cost its publisher more; while too much waits, nothing more is read from it. */
function charge({ performer, connections }: PublishToTopicParts, session: RealmSession, listeners: number, now: Millis): void {
  const { realm } = session;
  const extra = Math.min(MOST_EXTRA_TOKENS, Math.floor(listeners / LISTENERS_PER_TOKEN));
  for (let token = 0; token < extra; token++) {
    const toll = realm.frameReceived(session, now);
    if (toll === undefined) continue;
    performer.perform(realm, toll, now);
    if (toll.do === 'close') return;
  }
  if (connections.fanOut.isFull) performer.perform(realm, { do: 'pause', session, until: now + OVERLOAD_PAUSE }, now);
}
