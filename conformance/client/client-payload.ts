import { isDeepStrictEqual } from 'node:util';

/** The connection id of all payloads that the suite builds. */
const CONNECTION_ID = 'dc_conformance';
const SESSION_NAME = /^v=0\r\ns=(.*)\r\n$/s;

/**
 * A payload like that of a PeerJS client, which carries a marker. Cases whose question is not the payload send it, because a
 * server with a typed payload would otherwise fail all of them.
 */
export function clientPayload(type: string, marker: unknown): Readonly<Record<string, unknown>> {
  const text = `v=0\r\ns=${JSON.stringify(marker)}\r\n`;
  const content =
    type === 'CANDIDATE'
      ? { candidate: { candidate: text, sdpMid: '0', sdpMLineIndex: 0 } }
      : { sdp: { type: type.toLowerCase(), sdp: text } };
  return { ...content, type: 'data', connectionId: CONNECTION_ID };
}

/** The marker of a payload of `clientPayload` that arrived unchanged; any other value is returned as it is. */
export function markerOf(type: unknown, payload: unknown): unknown {
  const text = textOf(payload);
  const json = typeof text === 'string' ? SESSION_NAME.exec(text)?.[1] : undefined;
  if (json === undefined || typeof type !== 'string') return payload;
  try {
    const marker: unknown = JSON.parse(json);
    return isDeepStrictEqual(payload, clientPayload(type, marker)) ? marker : payload;
  } catch {
    return payload;
  }
}

interface Described {
  readonly sdp?: { readonly sdp?: unknown } | null;
  readonly candidate?: { readonly candidate?: unknown } | null;
}

function textOf(payload: unknown): unknown {
  if (typeof payload !== 'object' || payload === null) return undefined;
  const { sdp, candidate } = payload as Described;
  return sdp?.sdp ?? candidate?.candidate;
}
