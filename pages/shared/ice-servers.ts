import type { Identity } from './signal-socket.ts';

export interface IceAnswer {
  readonly status: number;
  readonly body: string;
}

/** I1: the list of ICE servers for this peer. Status 0: the request failed. */
export async function fetchIce(broker: URL, { key, id, token }: Identity, signal?: AbortSignal): Promise<IceAnswer> {
  const url = new URL(`${encodeURIComponent(key)}/ice?${new URLSearchParams({ id }).toString()}`, broker);
  try {
    const response = await fetch(url, {
      headers: { authorization: `Bearer ${token}` },
      ...(signal === undefined ? {} : { signal }),
    });
    return { status: response.status, body: await response.text() };
  } catch {
    return { status: 0, body: '' };
  }
}

export function iceServersIn({ status, body }: IceAnswer): RTCIceServer[] {
  return status === 200 ? (JSON.parse(body) as { iceServers: RTCIceServer[] }).iceServers : [];
}
