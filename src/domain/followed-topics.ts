import type { Session } from './session.ts';
import type { Publication, TopicName } from './topic.ts';

/** T3: beyond it, the memory of pending deliveries would grow with the topics, because each part has a copy of the payload. */
const MAX_PARTS = 8;

/** A publication as some of its subscribers receive it. */
interface PublicationPart {
  /** The first topic is one that the subscribers follow. */
  readonly publication: Publication;
  readonly subscribers: Session[];
}

/**
 * T3: the subscribers by name of a publication with several topics, by the first of these that each one follows. The first part
 * is that of the first topic, and may be empty.
 * @param subscribers those of the first topic, then those of the second one that remain, and so on.
 */
export function partsByFollowedTopic(
  publication: Publication,
  subscribers: readonly Session[],
): readonly [PublicationPart, ...PublicationPart[]] {
  const { topics } = publication;
  let part: PublicationPart = { publication, subscribers: [] };
  const parts: [PublicationPart, ...PublicationPart[]] = [part];
  const last = topics.length > MAX_PARTS ? 0 : topics.length - 1;
  let at = 0;
  for (const session of subscribers) {
    const before = at;
    while (at < last && session.subscriptions?.topics.has(topics[at] as TopicName) === false) at += 1;
    if (at > before) parts.push((part = { publication: { ...publication, topics: withFirst(topics, at) }, subscribers: [] }));
    part.subscribers.push(session);
  }
  return parts;
}

function withFirst(topics: readonly TopicName[], index: number): readonly TopicName[] {
  return [topics[index] as TopicName, ...topics.slice(0, index), ...topics.slice(index + 1)];
}
