import type { TopicEvent } from '../../src/domain/topic.ts';

/** An event as one line; undefined for an event that this wire cannot express. */
export function lineOf(news: TopicEvent): Uint8Array | undefined {
  switch (news.event) {
    case 'publication': {
      const [topic = ''] = news.publication.topics;
      return Buffer.concat([Buffer.from(`${topic} `), oneLine(news.publication.payload), Buffer.from('\n')]);
    }
    case 'present':
      return Buffer.from(`# in ${news.topic}: ${news.peers.join(' ')}\n`);
    case 'joined':
      return Buffer.from(`# ${news.peer} came to ${news.topic}\n`);
    case 'left':
      return Buffer.from(`# ${news.peer} left ${news.topic}\n`);
    default:
      return undefined;
  }
}

const LINE_FEED = 0x0a;
const SPACE = 0x20;

/** Replaces line feeds, so that a publication is always one line. */
function oneLine(payload: Uint8Array): Uint8Array {
  return payload.map((byte) => (byte === LINE_FEED ? SPACE : byte));
}
