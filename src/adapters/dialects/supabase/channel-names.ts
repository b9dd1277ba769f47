/** SB8: bytes of a topic on the wire, and of a reference and an event. */
const MAX_TEXT_BYTES = 255;

const PREFIX = 'realtime:';

/** SB2: the name of a channel without `realtime:`; undefined for a topic that is no channel. */
export function nameIn(topic: string): string | undefined {
  return topic.startsWith(PREFIX) ? topic.slice(PREFIX.length) : undefined;
}

/** SB2: the topic of a channel on the wire. */
export function channelTopic(name: string): string {
  return PREFIX + name;
}

/** SB8. */
export function isTooLong(text: string): boolean {
  return text.length > MAX_TEXT_BYTES || Buffer.byteLength(text) > MAX_TEXT_BYTES;
}
