import { assertMembers } from './assertions.ts';
import type { PeerClient, Frame } from './client/peer-client.ts';
import { uniqueName, type Fixture } from './fixture.ts';

/** Where a topic relay is, if nothing else is said. */
const DEFAULT_PATH = '/relay';

/** The target of a socket at the topic relay. */
export function relayTarget(scene: Fixture, query = ''): string {
  return (scene.server.settings.relay_path ?? DEFAULT_PATH) + query;
}

/** REL1: somebody at the topic relay who listens to these topics, and knows that the relay knows it. */
export async function connectToRelay(scene: Fixture, name: string, ...topics: readonly string[]): Promise<PeerClient> {
  const visitor = await scene.openSocketAt(relayTarget(scene), name);
  if (topics.length > 0) await subscribe(visitor, topics);
  return visitor;
}

/** @throws Failed */
export async function subscribe(visitor: PeerClient, topics: readonly unknown[]): Promise<void> {
  await waitForPong(visitor.send({ type: 'subscribe', topics }));
}

/** All that it sent before was read: the relay answers it. @throws Failed */
export async function waitForPong(visitor: PeerClient): Promise<void> {
  assertMembers('the answer to a ping', await visitor.send({ type: 'ping' }).receive(), { type: 'pong' });
}

/**
 * What came to `listener`, who listens to `topic`, before something that it must hear came: all that `publisher` sent
 * before, as far as it is meant for it.
 */
export async function receiveUntilMarker(listener: PeerClient, publisher: PeerClient, topic: string): Promise<Frame[]> {
  const mark = uniqueName('mark');
  publisher.send({ type: 'publish', topic, mark });
  const frames: Frame[] = [];
  for (;;) {
    const frame = await listener.receive();
    if (frame['mark'] === mark) return frames;
    frames.push(frame);
  }
}
