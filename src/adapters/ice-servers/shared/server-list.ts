import type { IceServer } from '../../../application/ports/ice-servers.ts';

/** The configured URLs. */
export interface IceUrls {
  readonly stun: readonly string[];
  readonly turn: readonly string[];
}

/** Username and credential of a TURN user. */
export interface TurnCredentials {
  readonly username: string;
  readonly credential: string;
}

/** The current Unix time in seconds. */
export type UnixTime = () => number;

/** One entry for all STUN URLs, and one for all TURN URLs. An empty entry is left out, because browsers reject it. */
export function serverList({ stun, turn }: IceUrls, credentials: TurnCredentials | undefined): IceServer[] {
  const servers: IceServer[] = [];
  if (stun.length > 0) servers.push({ urls: stun });
  if (turn.length > 0 && credentials !== undefined) servers.push({ urls: turn, ...credentials });
  return servers;
}
