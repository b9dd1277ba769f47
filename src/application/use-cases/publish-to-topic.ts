import type { TopicRegistry } from '../../domain/topic-registry.ts';
import { IGNORE, type Decision } from '../../domain/decision.ts';
import { mayPublish } from '../../domain/grant.ts';
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
import type { Telemetry } from '../ports/telemetry.ts';
import type { Turns } from '../turns.ts';

/** Publishes to the subscribers of a topic. */
export interface PublishToTopic {
  /** Publishes for an open connection. Must be called within a turn. */
  readonly fromConnection: (session: RealmSession, request: Extract<FrameRequest, { action: 'publish' }>, now: Millis) => void;
  /** Publishes for an HTTP request, in a turn of its own. @param key undefined for the first realm. */
  readonly fromHttp: (
    request: Pick<Extract<HttpAction, { action: 'publish' }>, 'key' | 'draft'>,
    answer: (outcome: HttpOutcome) => void,
    client: { readonly dialect: Pick<SessionTraits, 'space' | 'keepsHistory'> },
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
  readonly telemetry: Telemetry;
}

/** T11: the number of subscribers that cost one more token of M19, and the maximum of such tokens. */
const SUBSCRIBERS_PER_TOKEN = 250;
const MAX_EXTRA_TOKENS = 20;
const OVERLOAD_PAUSE: Millis = 20;

/** T1, T3, T4, T6: subscribers receive publications in the order of publishing, for every kind of publisher. */
export function publishToTopic(parts: PublishToTopicParts): PublishToTopic {
  const { realms, performer, connections, bus, peerIds, turns, clock, telemetry } = parts;
  return {
    fromConnection: (session, { draft, echo, receipt }, now) => {
      const { realm } = session;
      const topics = realm.topics(session.traits);
      const publication = topics.parsePublication(draft, idFor(topics, draft), session);
      if (typeof publication === 'string') return performer.perform(realm, { do: 'ignore', why: 'topic-unusable' }, now);
      if (!mayPublish(session.grant, publication.topics)) return performer.perform(realm, IGNORE.notAllowed, now);
      const decisions: Decision[] = [];
      const subscribers = topics.publish(publication, echo ? undefined : session, decisions);
      countPublication(session.traits.space, subscribers);
      broadcast(realm, session.traits, publication);
      if (receipt !== undefined) decisions.push({ do: 'notify', to: [session.connection], event: { event: 'receipt', receipt } });
      performer.performAll(realm, decisions, now);
      chargeFanOut(parts, session, subscribers, now);
    },

    fromHttp: ({ key, draft }, answer, { dialect: traits }) => {
      const realm = realms.resolve(key);
      if (realm === undefined) return answer({ kind: 'refusal', reason: 'key-unknown' });
      if (connections.fanOut.isFull) return answer({ kind: 'refusal', reason: 'overloaded' });
      const topics = realm.topics(traits);
      const publication = topics.parsePublication(draft, idFor(topics, draft), undefined);
      if (typeof publication === 'string') return answer({ kind: 'refusal', reason: publication });
      turns.run(() => {
        const decisions: Decision[] = [];
        countPublication(traits.space, topics.publish(publication, undefined, decisions));
        broadcast(realm, traits, publication);
        performer.performAll(realm, decisions, clock.now());
      });
      answer({ kind: 'publication', id: publication.id });
    },
  };

  function countPublication(space: string, subscribers: number): void {
    telemetry.counter('publications_total', space).add();
    telemetry.counter('publications_told_total', space).add(subscribers);
  }

  /** T4: subscribers of other nodes receive the publication over the bus. */
  function broadcast(
    realm: Realm,
    { space, keepsHistory }: Pick<SessionTraits, 'space' | 'keepsHistory'>,
    publication: Publication,
  ): void {
    if (!realm.isSingleNode) bus.broadcast({ type: 'publication', realm: realm.key, space, keepsHistory, publication });
  }

  /** Without history, publications need no id. */
  function idFor(topics: TopicRegistry, { id }: Draft): string {
    return id ?? (topics.keepsHistory ? `urn:uuid:${peerIds.generate()}` : '');
  }
}

/**
 * T10, T11, M19: a publication with many subscribers costs its publisher more tokens. While the limit for pending deliveries is
 * reached, the publisher is paused.
 */
function chargeFanOut(
  { performer, connections }: PublishToTopicParts,
  session: RealmSession,
  subscribers: number,
  now: Millis,
): void {
  const { realm } = session;
  const extra = Math.min(MAX_EXTRA_TOKENS, Math.floor(subscribers / SUBSCRIBERS_PER_TOKEN));
  for (let token = 0; token < extra; token++) {
    const decision = realm.frameReceived(session, now);
    if (decision === undefined) continue;
    performer.perform(realm, decision, now);
    if (decision.do === 'close') return;
  }
  if (connections.fanOut.isFull) performer.perform(realm, { do: 'pause', session, until: now + OVERLOAD_PAUSE }, now);
}
