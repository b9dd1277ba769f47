import { assertEqual, assertMembers } from './assertions.ts';
import type { PeerClient, Frame } from './client/peer-client.ts';
import { uniqueName, type Fixture } from './fixture.ts';

/** The default path of the topic relay. */
const DEFAULT_PATH = '/relay';

/** The request target of the topic relay. */
export function relayTarget(scene: Fixture, query = ''): string {
  return (scene.server.settings.relay_path ?? DEFAULT_PATH) + query;
}

/** REL1: connects and subscribes; returns after the relay has processed the subscription. */
export async function connectToRelay(scene: Fixture, name: string, ...topics: readonly string[]): Promise<PeerClient> {
  const client = await scene.openSocketAt(relayTarget(scene), name);
  if (topics.length > 0) await subscribe(client, topics);
  return client;
}

/** @throws Failed */
export async function subscribe(client: PeerClient, topics: readonly unknown[]): Promise<void> {
  await waitForPong(client.send({ type: 'subscribe', topics }));
}

/** Waits until the relay has processed all earlier frames, with a ping. @throws Failed */
export async function waitForPong(client: PeerClient): Promise<void> {
  assertMembers('the response to a ping', await client.send({ type: 'ping' }).receive(), { type: 'pong' });
}

/** REL2: `listener`, the only subscriber, receives a publication once. @throws Failed */
export async function expectOnePublication(listener: PeerClient, publisher: PeerClient, topic: string): Promise<void> {
  publisher.send({ type: 'publish', topic, data: 1 });
  const [first, ...more] = await receiveUntilMarker(listener, publisher, topic);
  assertMembers(`frame received by ${listener.name}`, first, { data: 1, clients: 1 });
  assertEqual('further frames', more, []);
}

/**
 * Publishes a marker and waits for it.
 * @returns the frames that `listener` received before the marker: all earlier publications of `publisher` that match its topics
 */
export async function receiveUntilMarker(listener: PeerClient, publisher: PeerClient, topic: string): Promise<Frame[]> {
  const marker = uniqueName('marker');
  publisher.send({ type: 'publish', topic, marker });
  const frames: Frame[] = [];
  for (;;) {
    const frame = await listener.receive();
    if (frame['marker'] === marker) return frames;
    frames.push(frame);
  }
}
