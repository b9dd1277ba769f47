import type { Board } from '../../domain/board.ts';
import type { Decision } from '../../domain/decision.ts';
import type { Realm, RealmSession } from '../../domain/realm.ts';
import type { Realms } from '../../domain/realms.ts';
import type { Manner } from '../../domain/session.ts';
import type { Millis } from '../../domain/time.ts';
import type { Draft, Publication } from '../../domain/topic.ts';
import type { Connections } from '../connections.ts';
import type { Performer } from '../perform.ts';
import type { Clock } from '../ports/clock.ts';
import type { NodeBus } from '../ports/node-bus.ts';
import type { PeerIds } from '../ports/peer-ids.ts';
import type { FrameRequest, HttpAsk, HttpOutcome } from '../ports/requests.ts';
import type { Turns } from '../turns.ts';

/** Tells all that listen to a topic. */
export interface PublishToTopic {
  /** An open connection publishes. To be called within a turn. */
  readonly fromInside: (session: RealmSession, asked: Extract<FrameRequest, { ask: 'publish' }>, now: Millis) => void;
  /** An HTTP request does. A turn of its own. @param key undefined for the first realm. */
  readonly fromOutside: (
    asked: Pick<Extract<HttpAsk, { ask: 'publish' }>, 'key' | 'draft'>,
    answer: (outcome: HttpOutcome) => void,
    manner: Pick<Manner, 'space' | 'remembers'>,
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
    fromInside: (session, { draft, echo, receipt }, now) => {
      const { realm } = session;
      const board = realm.board(session.manner);
      const publication = board.read(draft, idFor(board, draft), session);
      if (typeof publication === 'string') return performer.perform(realm, { do: 'ignore', why: 'topic-unusable' }, now);
      const decisions: Decision[] = [];
      const listeners = board.publish(publication, echo ? undefined : session, decisions);
      tellOthers(realm, session.manner, publication);
      if (receipt !== undefined) decisions.push({ do: 'tell', to: [session.connection], news: { news: 'receipt', receipt } });
      performer.performAll(realm, decisions, now);
      charge(parts, session, listeners, now);
    },

    fromOutside: ({ key, draft }, answer, manner) => {
      const realm = key === undefined ? realms.first : realms.find(key);
      if (realm === undefined) return answer({ gave: 'refusal', reason: 'key-unknown' });
      if (connections.fanOut.isFull) return answer({ gave: 'refusal', reason: 'overloaded' });
      const board = realm.board(manner);
      const publication = board.read(draft, idFor(board, draft), undefined);
      if (typeof publication === 'string') return answer({ gave: 'refusal', reason: publication });
      turns.run(() => {
        const decisions: Decision[] = [];
        board.publish(publication, undefined, decisions);
        tellOthers(realm, manner, publication);
        performer.performAll(realm, decisions, clock.now());
      });
      answer({ gave: 'publication', id: publication.id });
    },
  };

  /** T4: the listeners of other nodes hear it, too. */
  function tellOthers(realm: Realm, { space, remembers }: Pick<Manner, 'space' | 'remembers'>, publication: Publication): void {
    if (!realm.isAlone) bus.tellOthers({ say: 'publication', realm: realm.key, space, remembers, publication });
  }

  /** Where nothing is kept, nobody asks for it by its id. */
  function idFor(board: Board, { id }: Draft): string {
    return id ?? (board.remembers ? `urn:uuid:${peerIds.fresh()}` : '');
  }
}

/** T10, T11, M19: many listeners cost its publisher more; while too much waits, nothing more is read from it. */
function charge({ performer, connections }: PublishToTopicParts, session: RealmSession, listeners: number, now: Millis): void {
  const { realm } = session;
  const extra = Math.min(MOST_EXTRA_TOKENS, Math.floor(listeners / LISTENERS_PER_TOKEN));
  for (let token = 0; token < extra; token++) {
    const toll = realm.heard(session, now);
    if (toll === undefined) continue;
    performer.perform(realm, toll, now);
    if (toll.do === 'close') return;
  }
  if (connections.fanOut.isFull) performer.perform(realm, { do: 'pause', session, until: now + OVERLOAD_PAUSE }, now);
}
