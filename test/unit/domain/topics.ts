import type { Decision } from '../../../src/domain/decision.ts';
import { UNBOUNDED } from '../../../src/domain/hearing.ts';
import { Realm } from '../../../src/domain/realm.ts';
import type { Manner, Session } from '../../../src/domain/session.ts';
import type { Audience, Draft, Selector, TopicName, TopicPattern, Wishes } from '../../../src/domain/topic.ts';
import { LIMITS, PLACE, session } from './sessions.ts';

/* Words of the tests of topics. */

/** A guest on a stream, in a space that remembers. */
export const LISTENER: Manner = { carrier: 'stream', liveness: 'reads', space: 'letters', remembers: true };

export const topic = (text: string): Selector => ({ topic: text });
export const named = (text: string): TopicName => text as TopicName;
export const beginning = (text: string): TopicPattern => ({
  key: `${text}*`,
  pattern: `${text}*`,
  weight: 1,
  fits: (name, meter) => {
    meter.steps += name.length + 1;
    return name.startsWith(text);
  },
});

export const draft = (topics: string | readonly string[], text = '', more: Partial<Draft> = {}): Draft => ({
  topics: [topics].flat(),
  payload: new TextEncoder().encode(text),
  ...more,
});

/** A guest that is in. */
export function guest(id: string, realm = new Realm(PLACE, LIMITS), wishes: Partial<Wishes> = {}): Session {
  const one = session(id, realm, 0, { manner: LISTENER, wishes: { joins: [], presence: false, ...wishes } });
  realm.arrive(one, 0);
  realm.enter(one, []);
  return one;
}

export function decisionsOf(fact: (out: Decision[]) => void): Decision[] {
  const out: Decision[] = [];
  fact(out);
  return out;
}

/** Who is told what, in short: `connection: news text`. */
export function told(decisions: readonly Decision[]): string[] {
  return decisions.flatMap((decision) =>
    decision.do === 'tell' || decision.do === 'spread' ? audienceOf(decision).map((to) => `${to} ${wordFor(decision.news)}`) : [],
  );
}

/** Those that hear it, however long it takes to find them. */
function audienceOf(decision: Extract<Decision, { do: 'tell' | 'spread' }>): Audience {
  if (decision.do === 'tell') return decision.to;
  const { hearing } = decision;
  const all = hearing.listeners.map(({ connection }, place) => ({ connection, place }));
  return all.filter(({ place }) => hearing.hears(place, { steps: 0, most: UNBOUNDED })).map(({ connection }) => connection);
}

function wordFor(news: Extract<Decision, { do: 'tell' }>['news']): string {
  switch (news.news) {
    case 'publication':
      return `${news.publication.topics.join('+')}=${new TextDecoder().decode(news.publication.payload)}`;
    case 'present':
      return `in ${news.topic}: ${news.peers.join(',')}`;
    case 'joined':
      return `${news.peer} joined ${news.topic}`;
    case 'left':
      return `${news.peer} left ${news.topic}${news.will === undefined ? '' : `: ${new TextDecoder().decode(news.will)}`}`;
    default:
      return news.news;
  }
}
