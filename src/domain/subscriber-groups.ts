import type { Decision } from './decision.ts';
import type { GroupMember, Session } from './session.ts';
import { anyMatches, type Budget, type CandidateSearch } from './subscriber-search.ts';
import type { GroupSelector, Publication, TopicEvent } from './topic.ts';

/** Members in any order, with removal in constant time. */
class MemberList {
  readonly #members: GroupMember[] = [];
  readonly #places = new Map<GroupMember, number>();

  get size(): number {
    return this.#members.length;
  }

  at(place: number): GroupMember | undefined {
    return this.#members[place];
  }

  add(member: GroupMember): void {
    this.#places.set(member, this.#members.length);
    this.#members.push(member);
  }

  remove(member: GroupMember): void {
    const place = this.#places.get(member);
    const last = this.#members.pop();
    this.#places.delete(member);
    if (place === undefined || last === undefined || last === member) return;
    this.#members[place] = last;
    this.#places.set(last, place);
  }
}

class Group {
  readonly name: string;
  readonly byTopic = new Map<string, MemberList>();
  readonly patterns = new MemberList();
  #turn = 0;

  constructor(name: string) {
    this.name = name;
  }

  /** The members that may match, the next in turn first. Only the first one if it matches for certain. */
  candidates({ topics, isPrivate }: Publication, isReceiver: (session: Session) => boolean): readonly GroupMember[] {
    const lists = topics.flatMap((topic) => this.byTopic.get(topic) ?? []).concat(this.patterns);
    const total = lists.reduce((sum, { size }) => sum + size, 0);
    const first = this.#turn % total;
    this.#turn += 1;
    const next = memberAt(lists, first);
    if (!isPrivate && next !== undefined && 'topic' in next.selector && isReceiver(next.session)) return [next];
    const found: GroupMember[] = [];
    for (let step = 0; step < total; step++) {
      const member = memberAt(lists, (first + step) % total);
      if (member !== undefined && isReceiver(member.session)) found.push(member);
    }
    return found;
  }

  /** No candidate matches the publication, so that it takes no turn. */
  returnTurn(): void {
    this.#turn -= 1;
  }
}

function memberAt(lists: readonly MemberList[], place: number): GroupMember | undefined {
  let rest = place;
  for (const list of lists) {
    if (rest < list.size) return list.at(rest);
    rest -= list.size;
  }
  return undefined;
}

/** T10, T15: finds the first member of a group that receives one publication, in any number of slices. */
class GroupSearch implements CandidateSearch {
  readonly candidates: readonly Session[];
  readonly #selectors: readonly GroupSelector[];
  readonly #publication: Publication;
  readonly #group: Group;
  #undecided: number;
  #hasMatch = false;

  constructor(publication: Publication, group: Group, members: readonly GroupMember[]) {
    this.#publication = publication;
    this.#group = group;
    this.candidates = members.map(({ session }) => session);
    this.#selectors = members.map(({ selector }) => selector);
    this.#undecided = members.length;
  }

  get hasMatch(): boolean {
    return this.#hasMatch;
  }

  get hasNoMatch(): boolean {
    return this.#undecided === 0 && !this.#hasMatch;
  }

  matches(index: number, budget: Budget): boolean | undefined {
    if (this.#hasMatch) return false;
    const isMatch = this.#isReceiver(index, budget);
    if (isMatch !== undefined) this.#undecided -= 1;
    this.#hasMatch = isMatch === true;
    if (isMatch === false && this.hasNoMatch) this.#group.returnTurn();
    return isMatch;
  }

  #isReceiver(index: number, budget: Budget): boolean | undefined {
    const { topics, isPrivate } = this.#publication;
    const isSubscribed = anyMatches(topics, this.#selectors.slice(index, index + 1), budget);
    if (isSubscribed !== true || !isPrivate) return isSubscribed;
    const clearance = this.candidates[index]?.requestedTopics?.clearance ?? [];
    return clearance === 'all' || anyMatches(topics, clearance, budget);
  }
}

/** T15: the groups of subscribers of one space. Of the members that match a publication, the next in turn receives it. */
export class SubscriberGroups {
  readonly #groups = new Map<string, Group>();
  readonly #byTopic = new Map<string, Set<Group>>();
  readonly #withPatterns = new Set<Group>();
  #count = 0;
  #patternCount = 0;
  #matchCost = 0;

  /** Pairs of a connection and a selector of a group. */
  get total(): number {
    return this.#count;
  }

  get patternCount(): number {
    return this.#patternCount;
  }

  /** T5: steps for matching all patterns, for each unit of `maxUrlLength`. */
  get matchCost(): number {
    return this.#matchCost;
  }

  add(member: GroupMember): void {
    const { selector } = member;
    const group = this.#groups.get(selector.group) ?? new Group(selector.group);
    this.#groups.set(group.name, group);
    this.#count += 1;
    if ('pattern' in selector) {
      group.patterns.add(member);
      this.#withPatterns.add(group);
      this.#patternCount += 1;
      this.#matchCost += selector.matchCost;
      return;
    }
    const members = group.byTopic.get(selector.topic) ?? new MemberList();
    members.add(member);
    group.byTopic.set(selector.topic, members);
    this.#byTopic.set(selector.topic, (this.#byTopic.get(selector.topic) ?? new Set()).add(group));
  }

  /** @param member was added. */
  remove(member: GroupMember): void {
    const { selector } = member;
    const group = this.#groups.get(selector.group);
    if (group === undefined) return;
    this.#count -= 1;
    if ('pattern' in selector) {
      group.patterns.remove(member);
      this.#patternCount -= 1;
      this.#matchCost -= selector.matchCost;
      if (group.patterns.size === 0) this.#withPatterns.delete(group);
    } else this.#removeNamed(group, selector.topic, member);
    if (group.byTopic.size === 0 && group.patterns.size === 0) this.#groups.delete(group.name);
  }

  /**
   * Notifies one open member of each group, and never `except`.
   * @param served groups with a member at the node of the publisher, which has received the publication.
   * @returns the number of candidates.
   */
  publish(
    publication: Publication,
    subscribers: number,
    { except, served = [] }: { readonly except: Session | undefined; readonly served?: readonly string[] | undefined },
    out: Decision[],
  ): number {
    const isReceiver = (session: Session): boolean => session !== except && session.state === 'open';
    let count = 0;
    for (const group of this.#groupsOf(publication.topics)) {
      if (served.includes(group.name)) continue;
      const members = group.candidates(publication, isReceiver);
      const [first] = members;
      if (first === undefined) continue;
      count += members.length;
      const event: TopicEvent = { event: 'publication', publication, subscribers, group: group.name };
      const isCertain = members.length === 1 && 'topic' in first.selector && !publication.isPrivate;
      if (isCertain) out.push({ do: 'notify', to: [first.session.connection], event });
      else out.push({ do: 'broadcast', search: new GroupSearch(publication, group, members), event });
    }
    return count;
  }

  #removeNamed(group: Group, topic: string, member: GroupMember): void {
    const members = group.byTopic.get(topic);
    members?.remove(member);
    if (members?.size !== 0) return;
    group.byTopic.delete(topic);
    const others = this.#byTopic.get(topic);
    others?.delete(group);
    if (others?.size === 0) this.#byTopic.delete(topic);
  }

  #groupsOf(topics: readonly string[]): Iterable<Group> {
    if (this.#count === 0) return [];
    const found = new Set(this.#withPatterns);
    for (const topic of topics) for (const group of this.#byTopic.get(topic) ?? []) found.add(group);
    return found;
  }
}

/** T15: names of one publication. For further groups, a member of each node may receive it. */
const MAX_SERVED = 64;

/** T15: the groups of which a member has received a publication, so that members at other nodes do not. */
export function servedGroups(decisions: readonly Decision[]): readonly string[] {
  const served: string[] = [];
  for (const decision of decisions) {
    if (decision.do !== 'notify' && decision.do !== 'broadcast') continue;
    const group = decision.event.event === 'publication' ? decision.event.group : undefined;
    if (group !== undefined && (decision.do === 'notify' || decision.search.hasMatch)) served.push(group);
  }
  return served.slice(0, MAX_SERVED);
}
