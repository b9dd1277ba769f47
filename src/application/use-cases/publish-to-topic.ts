import type { TopicRegistry } from '../../domain/topic-registry.ts';
import { IGNORE, type Decision } from '../../domain/decision.ts';
import { mayPublish, mayPublishFrom } from '../../domain/grant.ts';
import type { Realm, RealmSession } from '../../domain/realm.ts';
import { refuseRequest } from '../../domain/request-refusals.ts';
import type { MemoryAccount } from '../../domain/memory-account.ts';
import type { Realms } from '../../domain/realms.ts';
import type { Session, SessionTraits } from '../../domain/session.ts';
import { servedGroups } from '../../domain/subscriber-groups.ts';
import type { Millis } from '../../domain/time.ts';
import { copyWithBytes, type Draft, type Publication, type RequestRefusal, type TopicEvent } from '../../domain/topic.ts';
import type { BackendAccess } from '../backend-access.ts';
import { authorizeRequest, type HttpClient } from '../http-access.ts';
import type { Connections } from '../connections.ts';
import { chargeFanOut, spendFanOut } from '../fan-out-charge.ts';
import type { Performer } from '../performer.ts';
import type { Clock } from '../ports/clock.ts';
import type { NodeBus } from '../ports/node-bus.ts';
import type { PeerIds } from '../ports/peer-ids.ts';
import type { FrameRequest, HttpAction, HttpOutcome } from '../ports/requests.ts';
import type { Socket } from '../ports/socket.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import type { Turns } from '../turns.ts';

/** Publishes to the subscribers of a topic. */
export interface PublishToTopic {
  /** Publishes for an open connection. Must be called within a turn. */
  readonly fromConnection: (session: RealmSession, request: Extract<FrameRequest, { action: 'publish' }>, now: Millis) => void;
  /** T18: publishes the will of a connection that has ended, if it has one. Must be called within a turn. */
  readonly fromWill: (session: RealmSession, now: Millis, socket?: Pick<Socket, 'spend'>) => void;
  /** Publishes for an HTTP request, in a turn of its own. @param key undefined for the first realm. */
  readonly fromHttp: (
    request: Pick<Extract<HttpAction, { action: 'publish' }>, 'key' | 'draft' | 'backendCheck'>,
    answer: (outcome: HttpOutcome) => void,
    client: HttpClient,
  ) => void;
  /** Publishes all of the drafts or none, in a turn of its own. @returns the id of the first one, or the refusal. */
  readonly drafts: (realm: Realm, drafts: readonly Draft[], client: Pick<HttpClient, 'dialect' | 'spend'>) => HttpOutcome;
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
  readonly backend: BackendAccess;
}

/** T1, T3, T4, T6: subscribers receive publications in the order of publishing, for every kind of publisher. */
export function publishToTopic(parts: PublishToTopicParts): PublishToTopic {
  const { performer, peerIds } = parts;
  const deliver = deliveryOf(parts);
  return {
    fromConnection: (session, { draft, echo, receipt }, now) => {
      const { realm } = session;
      const topics = realm.topics(session.traits);
      const refuse = (why: RequestRefusal): void => performer.performAll(realm, refuseRequest(session, receipt, why), now);
      const publication = topics.parsePublication(draft, idFor(peerIds, topics, draft), session);
      if (typeof publication === 'string') return refuse('topic-unusable');
      if (!mayPublishFrom(session, publication.topics)) return refuse('not-allowed');
      const isRequired = draft.retain?.isRequired === true;
      const isRetained = topics.retained.keep(publication, now, { address: session.memory?.address, isRequired });
      if (isRequired && !isRetained) return refuse('too-many-topics');
      const { subscribers, decisions } = deliver(realm, session.traits, publication, {
        except: echo === false ? session : undefined,
        publisher: echo === 'unless-no-local' ? session : undefined,
        payer: session.memory,
      });
      if (receipt !== undefined) {
        const event: TopicEvent = { event: 'receipt', receipt, ...(isUnheard(realm, subscribers, decisions) && NO_SUBSCRIBERS) };
        performer.perform(realm, { do: 'notify', to: [session.connection], event }, now);
      }
      // T15: one decision for each group.
      chargeFanOut(parts, session, subscribers, now, decisions.length);
    },
    fromWill: (session, now, socket) => {
      const { realm, traits, willDraft } = session;
      session.willDraft = undefined;
      if (willDraft === undefined) return;
      const topics = realm.topics(traits);
      const publication = topics.parsePublication(willDraft, idFor(peerIds, topics, willDraft), session);
      if (typeof publication === 'string') return performer.perform(realm, IGNORE.unusable, now);
      if (!mayPublishFrom(session, publication.topics)) return performer.perform(realm, IGNORE.notAllowed, now);
      topics.retained.keep(publication, now, { address: session.memory?.address });
      const { subscribers, decisions } = deliver(realm, traits, publication, { except: session });
      spendFanOut(socket, subscribers, decisions.length);
    },
    fromHttp: fromHttp(parts),
    drafts: draftPublisher(parts),
  };
}

const NO_SUBSCRIBERS = { hasNoSubscribers: true } as const;

/**
 * T14: false as well if it is unknown: in a cluster, and while candidates are still to be matched.
 * @param candidates number of receivers, and of subscribers that had to be matched.
 * @param decisions of one publication, which were performed.
 */
function isUnheard(realm: Realm, candidates: number, decisions: readonly Decision[]): boolean {
  if (!realm.isSingleNode) return false;
  return candidates === 0 || decisions.every((decision) => decision.do === 'broadcast' && decision.search.hasNoMatch);
}

/** A9: asks the backend about the publisher, if the dialect has not verified its token. */
function fromHttp(parts: PublishToTopicParts): PublishToTopic['fromHttp'] {
  const { realms, backend } = parts;
  const publish = draftPublisher(parts);
  return ({ key, draft, backendCheck: check }, answer, client) => {
    const realm = realms.resolve(key);
    if (realm === undefined) return answer({ kind: 'refusal', reason: 'key-unknown' });
    const authorizer = backend.authorizerFor(check);
    if (authorizer === undefined) return answer(publish(realm, [draft], client));
    // Payload and extra are borrowed for the call.
    const kept = copyWithBytes(draft);
    authorizeRequest(authorizer, { realm: realm.key, id: undefined, token: check?.token }, client, (outcome) => {
      if (typeof outcome === 'string') return answer({ kind: 'refusal', reason: outcome });
      if (!mayPublish(outcome, kept.topics)) return answer({ kind: 'refusal', reason: 'not-granted' });
      answer(publish(realm, [kept], client));
    });
  };
}

function draftPublisher(parts: PublishToTopicParts): PublishToTopic['drafts'] {
  const { connections, peerIds, turns } = parts;
  const deliver = deliveryOf(parts);
  return (realm, drafts, client) => {
    const { dialect } = client;
    if (connections.fanOut.isFull) return { kind: 'refusal', reason: 'overloaded' };
    const topics = realm.topics(dialect);
    const publications: Publication[] = [];
    for (const draft of drafts) {
      const publication = topics.parsePublication(draft, idFor(peerIds, topics, draft), undefined);
      if (typeof publication === 'string') return { kind: 'refusal', reason: publication };
      publications.push(publication);
    }
    turns.run(() => {
      for (const publication of publications) {
        const { subscribers, decisions } = deliver(realm, dialect, publication, {});
        spendFanOut(client, subscribers, decisions.length);
      }
    });
    return { kind: 'publication', id: publications[0]?.id ?? '' };
  };
}

type TopicTraits = Pick<SessionTraits, 'space' | 'keepsHistory'>;

interface Receivers {
  readonly except?: Session | undefined;
  /** MQ19. */
  readonly publisher?: Session | undefined;
  /** B1. */
  readonly payer?: MemoryAccount | undefined;
}

/** A publication that was delivered: the number of its candidates, and the decisions about them. */
interface Delivered {
  readonly subscribers: number;
  readonly decisions: readonly Decision[];
}

type Deliver = (realm: Realm, traits: TopicTraits, publication: Publication, receivers: Receivers) => Delivered;

/** The steps of every publication. T4, T15: the other nodes learn by the bus which groups have received it here. */
function deliveryOf({ telemetry, bus, performer, connections, clock }: PublishToTopicParts): Deliver {
  return (realm, { space, keepsHistory }, publication, { except, publisher, payer }) => {
    const decisions: Decision[] = [];
    const subscribers = realm.topics({ space, keepsHistory }).publish(publication, except, decisions, { publisher });
    telemetry.counter('publications_total', space).add();
    telemetry.counter('publications_told_total', space).add(subscribers);
    connections.fanOut.publishFor(payer, () => void performer.performAll(realm, decisions, clock.now()));
    if (!realm.isSingleNode) {
      const groups = servedGroups(decisions);
      const served = groups.length === 0 ? undefined : groups;
      bus.broadcast({ type: 'publication', realm: realm.key, space, keepsHistory, publication, servedGroups: served });
    }
    return { subscribers, decisions };
  };
}

/** Without history, publications need no id. */
function idFor(peerIds: PeerIds, topics: TopicRegistry, { id }: Draft): string {
  return id ?? (topics.keepsHistory ? `urn:uuid:${peerIds.generate()}` : '');
}
