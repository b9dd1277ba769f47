import type { Decision } from '../../../src/domain/decision.ts';
import { Realm } from '../../../src/domain/realm.ts';
import type { Session, SessionTraits } from '../../../src/domain/session.ts';
import { UNBOUNDED } from '../../../src/domain/subscriber-search.ts';
import type { Draft, Receivers, RequestedTopics, Selector, TopicName, TopicPattern } from '../../../src/domain/topic.ts';
import { LIMITS, REALM_IDENTITY, session } from './session-fixture.ts';

/** Traits of a guest on a stream, in a space with a history. */
export const SUBSCRIBER_TRAITS: SessionTraits = { carrier: 'stream', liveness: 'reads', space: 'letters', keepsHistory: true };

export const topic = (text: string): Selector => ({ topic: text });
export const topicName = (text: string): TopicName => text as TopicName;
export const prefixPattern = (text: string): TopicPattern => ({
  key: `${text}*`,
  pattern: `${text}*`,
  matchCost: 1,
  matches: (name, meter) => {
    meter.steps += name.length + 1;
    return name.startsWith(text);
  },
});

export const draft = (topics: string | readonly string[], text = '', more: Partial<Draft> = {}): Draft => ({
  topics: [topics].flat(),
  payload: new TextEncoder().encode(text),
  ...more,
});

/** An open guest. */
export function guest(id: string, realm = new Realm(REALM_IDENTITY, LIMITS), requested: Partial<RequestedTopics> = {}): Session {
  const one = session(id, realm, 0, {
    traits: SUBSCRIBER_TRAITS,
    requestedTopics: { selectors: [], presence: false, ...requested },
  });
  realm.connecting(one, 0);
  realm.admitGuest(one, []);
  return one;
}

export function decisionsOf(fact: (out: Decision[]) => void): Decision[] {
  const out: Decision[] = [];
  fact(out);
  return out;
}

/** The notifications in short form: connection and event. */
export function notifications(decisions: readonly Decision[]): string[] {
  return decisions.flatMap((decision) =>
    decision.do === 'notify' || decision.do === 'broadcast'
      ? receiversOf(decision).map((to) => `${to} ${describeEvent(decision.event)}`)
      : [],
  );
}

/** The receivers of a decision, found with an unlimited budget. */
function receiversOf(decision: Extract<Decision, { do: 'notify' | 'broadcast' }>): Receivers {
  if (decision.do === 'notify') return decision.to;
  const { search } = decision;
  const all = search.candidates.map(({ connection }, place) => ({ connection, place }));
  return all.filter(({ place }) => search.matches(place, { steps: 0, maxSteps: UNBOUNDED })).map(({ connection }) => connection);
}

function describeEvent(news: Extract<Decision, { do: 'notify' }>['event']): string {
  switch (news.event) {
    case 'publication':
      return `${news.publication.topics.join('+')}=${new TextDecoder().decode(news.publication.payload)}`;
    case 'present':
      return `in ${news.topic}: ${news.peers.join(',')}`;
    case 'joined':
      return `${news.peer} joined ${news.topic}`;
    case 'left':
      return `${news.peer} left ${news.topic}${news.will === undefined ? '' : `: ${new TextDecoder().decode(news.will)}`}`;
    default:
      return news.event;
  }
}
