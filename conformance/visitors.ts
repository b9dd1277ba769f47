import { has } from './claims.ts';
import type { FarPeer, Frame } from './far-end/far-peer.ts';
import { fresh, type Scene } from './scene.ts';

/** Where a topic relay is, if nothing else is said. */
const USUAL_PATH = '/relay';

/** The target of a socket at the topic relay. */
export function relayTarget(scene: Scene, query = ''): string {
  return (scene.server.settings.relay_path ?? USUAL_PATH) + query;
}

/** REL1: somebody at the topic relay who listens to these topics, and knows that the relay knows it. */
export async function visits(scene: Scene, name: string, ...topics: readonly string[]): Promise<FarPeer> {
  const visitor = await scene.opensAt(relayTarget(scene), name);
  if (topics.length > 0) await subscribes(visitor, topics);
  return visitor;
}

/** @throws Failed */
export async function subscribes(visitor: FarPeer, topics: readonly unknown[]): Promise<void> {
  await isAnswered(visitor.sends({ type: 'subscribe', topics }));
}

/** All that it sent before was read: the relay answers it. @throws Failed */
export async function isAnswered(visitor: FarPeer): Promise<void> {
  has('the answer to a ping', await visitor.sends({ type: 'ping' }).hears(), { type: 'pong' });
}

/**
 * What came to `listener`, who listens to `topic`, before something that it must hear came: all that `publisher` sent
 * before, as far as it is meant for it.
 */
export async function hearsBeforeMark(listener: FarPeer, publisher: FarPeer, topic: string): Promise<Frame[]> {
  const mark = fresh('mark');
  publisher.sends({ type: 'publish', topic, mark });
  const frames: Frame[] = [];
  for (;;) {
    const frame = await listener.hears();
    if (frame['mark'] === mark) return frames;
    frames.push(frame);
  }
}
