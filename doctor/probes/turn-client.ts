import type { TurnObservation } from '../judge/turn.ts';
import { addressIn, ATTRIBUTES, encodeAddress, encodeRequest, longTermKey, statusOf } from '../stun/message.ts';
import type { Attribute, Endpoint, METHODS, StunResponse } from '../stun/message.ts';
import type { IceUrl } from '../target.ts';
import { openChannel, type StunChannel } from './stun-channel.ts';
import { codeOf } from './timing.ts';

const UDP_RELAY: Attribute = [ATTRIBUTES.transport, Buffer.from([17, 0, 0, 0])];
const UNAUTHORIZED = 401;
const STALE_NONCE = 438;
const CERTIFICATE = /CERT|ALTNAME|VERIFY|SIGNATURE|ISSUER/;

/** D12: allocates a relay address, refreshes it, asks for permission to reach it, and frees it. */
export async function observeTurn(server: IceUrl, timeout: number): Promise<TurnObservation> {
  const start = performance.now();
  const observe = (rest: Partial<TurnObservation>): TurnObservation => ({
    ...{ server, took: Math.round(performance.now() - start) },
    ...rest,
  });
  let channel: StunChannel | undefined;
  try {
    channel = await openChannel(server, timeout);
    const session = new TurnSession(channel, server);
    const allocated = await session.ask('allocate', [UDP_RELAY]);
    const allocate = statusOf(allocated);
    const relayed = addressIn(allocated, ATTRIBUTES.relayed);
    if (allocate !== 200 || relayed === undefined) return observe({ allocate });
    const permission = await permissionFor(session, relayed);
    await session.ask('refresh', [lifetime(600)]);
    await session.ask('refresh', [lifetime(0)]);
    return observe({ allocate, permission });
  } catch (error) {
    const code = codeOf(error);
    return observe({ error: code, isCertificateFault: CERTIFICATE.test(code) });
  } finally {
    channel?.close();
  }
}

/** Undefined for a relay address of IPv6, which a TURN server gives only on request. */
async function permissionFor(session: TurnSession, relayed: Endpoint): Promise<number | undefined> {
  if (relayed.address.includes(':')) return undefined;
  return statusOf(await session.ask('create-permission', [[ATTRIBUTES.peer, encodeAddress(relayed)]]));
}

function lifetime(seconds: number): Attribute {
  const value = Buffer.alloc(4);
  value.writeUInt32BE(seconds);
  return [ATTRIBUTES.lifetime, value];
}

/** Requests with long-term credentials: the first response gives the realm and the nonce. */
class TurnSession {
  readonly #channel: StunChannel;
  readonly #server: IceUrl;
  #realm: Buffer | undefined;
  #nonce: Buffer = Buffer.alloc(0);

  constructor(channel: StunChannel, server: IceUrl) {
    this.#channel = channel;
    this.#server = server;
  }

  async ask(method: keyof typeof METHODS, attributes: readonly Attribute[]): Promise<StunResponse> {
    const wasChallenged = this.#realm !== undefined;
    const response = await this.#send(method, attributes);
    const status = statusOf(response);
    const isChallenge = status === STALE_NONCE || (status === UNAUTHORIZED && !wasChallenged);
    if (!isChallenge) return response;
    this.#realm = response.attributes.get(ATTRIBUTES.realm) ?? this.#realm ?? Buffer.alloc(0);
    this.#nonce = response.attributes.get(ATTRIBUTES.nonce) ?? Buffer.alloc(0);
    return this.#send(method, attributes);
  }

  #send(method: keyof typeof METHODS, attributes: readonly Attribute[]): Promise<StunResponse> {
    const { username, credential } = this.#server;
    if (this.#realm === undefined) return this.#channel.ask(encodeRequest(method, attributes));
    const identity: Attribute[] = [
      [ATTRIBUTES.username, Buffer.from(username)],
      [ATTRIBUTES.realm, this.#realm],
      [ATTRIBUTES.nonce, this.#nonce],
    ];
    const key = longTermKey(username, this.#realm.toString(), credential);
    return this.#channel.ask(encodeRequest(method, [...attributes, ...identity], key));
  }
}
