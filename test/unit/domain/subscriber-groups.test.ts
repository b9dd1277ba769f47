import { beforeEach, describe, expect, it } from 'vitest';
import type { Decision } from '../../../src/domain/decision.ts';
import { OPEN_GRANT } from '../../../src/domain/grant.ts';
import { Realm } from '../../../src/domain/realm.ts';
import type { Session } from '../../../src/domain/session.ts';
import { servedGroups } from '../../../src/domain/subscriber-groups.ts';
import type { GroupSelector, Publication } from '../../../src/domain/topic.ts';
import type { TopicRegistry } from '../../../src/domain/topic-registry.ts';
import { LIMITS, REALM_IDENTITY } from './session-fixture.ts';
import { decisionsOf, draft, guest, notifications, prefixPattern, SUBSCRIBER_TRAITS, topic } from './topic-fixture.ts';

let realm: Realm;
let registry: TopicRegistry;
beforeEach(() => {
  realm = new Realm(REALM_IDENTITY, LIMITS);
  registry = realm.topics(SUBSCRIBER_TRAITS);
});

const inGroup = (group: string, text: string): GroupSelector => ({ topic: text, group });
const patternIn = (group: string, text: string): GroupSelector => ({ ...prefixPattern(text), key: `${text}*`, group });

function publish(text: string, more = {}, except?: Session): string[] {
  const publication = registry.parsePublication(draft(text, '', more), 'id', undefined) as Publication;
  return notifications(decisionsOf((out) => registry.publish(publication, except, out))).map((line) => line.split(' ')[0] ?? '');
}

function members(...selectors: readonly GroupSelector[]): Session[] {
  return selectors.map((selector, at) => {
    const one = guest(`guest ${at}`, realm);
    registry.join(one, [selector], []);
    return one;
  });
}

const ids = (sessions: readonly Session[]): string[] => sessions.map(({ connection }) => String(connection));

describe('groups of subscribers', () => {
  it('T15: the members receive publications in turn', () => {
    const all = members(inGroup('q', 'a'), inGroup('q', 'a'), inGroup('q', 'a'), inGroup('q', 'b'));
    const received = [1, 2, 3, 4, 5, 6].flatMap(() => publish('a'));
    expect(received).toEqual([...ids(all.slice(0, 3)), ...ids(all.slice(0, 3))]);
    expect(publish('c')).toEqual([]);
  });

  it('T15: each group receives a publication, and every subscriber without a group too', () => {
    const [ann, bob] = members(inGroup('q', 'a'), inGroup('other', 'a'));
    const eve = guest('eve', realm);
    registry.join(eve, [topic('a')], []);
    expect(publish('a').sort()).toEqual(ids([ann, bob, eve] as Session[]).sort());
  });

  it('T15: a member by pattern receives a publication only if it matches, and once for all its selectors', () => {
    const [ann, bob] = members(patternIn('q', 'ga'), patternIn('q', 'x')) as [Session, Session];
    registry.join(ann, [inGroup('q', 'garden')], []);
    for (let n = 0; n < 4; n++) expect(publish('garden')).toEqual(ids([ann]));
    expect([publish('xy'), publish('other')]).toEqual([ids([bob]), []]);
  });

  it('T15: a publication that no member by pattern matches takes no turn', () => {
    const all = members(patternIn('q', 'a'), patternIn('q', 'a'));
    const received = [1, 2, 3, 4].flatMap(() => [publish('other'), publish('a')].flat());
    expect(received).toEqual([...ids(all), ...ids(all)]);
  });

  it('MQ19, T15: a publisher that is subscribed without its own publications receives them as a member only', () => {
    const [ann] = members(inGroup('q', 'a')) as [Session];
    registry.join(
      ann,
      [
        { ...topic('a'), isNoLocal: true },
        { ...patternIn('', 'a'), group: undefined, isNoLocal: true },
      ],
      [],
    );
    const publication = registry.parsePublication(draft('a', ''), 'id', undefined) as Publication;
    const told = (except: Session | undefined, publisher: Session | undefined): number =>
      notifications(decisionsOf((out) => registry.publish(publication, except, out, { publisher }))).length;
    expect([told(ann, undefined), told(undefined, ann), told(undefined, undefined)]).toEqual([0, 1, 2]);
  });

  it('T4, T15: the next member receives a publication of a publisher without echo', () => {
    const [ann, bob] = members(inGroup('q', 'a'), inGroup('q', 'a')) as [Session, Session];
    for (let n = 0; n < 3; n++) expect(publish('a', {}, ann)).toEqual(ids([bob]));
  });

  it('T15: names the groups that have received a publication, and skips those of another node', () => {
    members(inGroup('q', 'a'), patternIn('r', 'a'), patternIn('s', 'b'));
    const publication = registry.parsePublication(draft('a', ''), 'id', undefined) as Publication;
    const decisions = decisionsOf((out) => registry.publish(publication, undefined, out));
    expect(servedGroups(decisions)).toEqual(['q']);
    expect(notifications(decisions).length).toBe(2);
    expect(servedGroups(decisions).toSorted()).toEqual(['q', 'r']);
    const elsewhere = decisionsOf((out) => registry.publish(publication, undefined, out, { served: ['q', 'r'] }));
    expect(notifications(elsewhere)).toEqual([]);
  });

  it('T15: names a limited number of groups', () => {
    const decisions: Decision[] = Array.from({ length: 100 }, (_, n) => {
      const publication = registry.parsePublication(draft('a', ''), 'id', undefined) as Publication;
      return { do: 'notify', to: [], event: { event: 'publication', publication, subscribers: 1, group: `q${n}` } };
    });
    expect(servedGroups(decisions).length).toBe(64);
  });

  it('MER7, T15: a private publication needs clearance', () => {
    const [, bob] = members(inGroup('q', 'a'), inGroup('q', 'a')) as [Session, Session];
    bob.renewTopicRights({ clearance: 'all' }, OPEN_GRANT, 0);
    for (let n = 0; n < 3; n++) expect(publish('a', { isPrivate: true })).toEqual(ids([bob]));
  });

  it('T5: counts each selector once, and patterns as patterns', () => {
    const [ann] = members(inGroup('q', 'a')) as [Session];
    registry.join(ann, [inGroup('q', 'a'), inGroup('other', 'a'), topic('a'), patternIn('q', 'a')], []);
    expect([registry.subscriptionCount, registry.topicCount]).toEqual([4, 1]);
    const many = Array.from({ length: LIMITS.topicsPerConnection }, (_, n) => inGroup('q', `t${n}`));
    expect([registry.refusalFor(many, ann), registry.refusalFor([inGroup('q', 'a')], ann)]).toEqual([
      'too-many-topics',
      undefined,
    ]);
    expect(registry.refusalFor([inGroup('q', '')], ann)).toBe('topic-unusable');
  });

  it('T3, B1: nothing remains of members that leave or end', () => {
    const all = members(inGroup('q', 'a'), inGroup('q', 'a'), patternIn('q', 'a'));
    const [ann, bob, eve] = all as [Session, Session, Session];
    registry.leave(ann, [inGroup('q', 'a'), inGroup('q', 'b')], []);
    expect([publish('a'), publish('a')].flat().sort()).toEqual(ids([bob, eve]).sort());
    for (const one of [bob, eve]) registry.leaveAll(one, []);
    expect([publish('a'), registry.subscriptionCount, ...all.map(({ subscriptions }) => subscriptions?.bytes)]).toEqual([
      [],
      0,
      0,
      0,
      0,
    ]);
  });
});
