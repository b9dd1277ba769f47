import { assertEqual } from '../assertions.ts';
import { HandshakeRefused, type PeerClient } from '../client/peer-client.ts';
import type { Fixture } from '../fixture.ts';
import { loose } from '../outcomes.ts';

/** O7: the verdict for a server that refuses an id which no PeerJS client has. Confused ids are never only loose. */
export const REFUSES_ID = loose('refuses the id');

/** @returns undefined if the server refuses the id. @throws Failed if the first frame is neither OPEN nor ERROR */
export async function connectUnlessRefused(fixture: Fixture, name: string, id: string): Promise<PeerClient | undefined> {
  try {
    const peer = await fixture.openSocket(name, { id });
    const { type } = await peer.receive();
    if (type === 'ERROR') return undefined;
    assertEqual('the type of the first frame', type, 'OPEN');
    return peer;
  } catch (error) {
    if (error instanceof HandshakeRefused) return undefined;
    throw error;
  }
}
