import type { Finding } from './findings.ts';
import type { IceList } from './judge/ice-list.ts';
import type { Hello } from './judge/view.ts';
import type { ProbeSocket } from './probes/socket.ts';
import type { Target } from './target.ts';

/** The facts that later steps need from earlier ones. */
export interface Context {
  readonly target: Target;
  /** Set if a broker answers: a Signalbox, or another PeerJS server. */
  hasBroker: boolean;
  /** Set if the broker serves the routes of the doctor. */
  hello?: Hello;
  /** The `Server` header of a proxy. */
  server?: string;
  /** The clock of the broker minus that of this machine, in milliseconds; undefined if it is unknown. */
  clockDifference?: number;
  /** The id and token of the peer of D5. */
  readonly peer: { readonly id: string; readonly token: string };
  /** The open socket of D5. */
  socket?: ProbeSocket;
  ice?: IceList;
}

/** One step. It may take what it needs from the context, and add to it. */
export type Step = (context: Context) => Promise<readonly Finding[]>;

/** The URL of a path below that of the broker. */
export function below({ target }: Pick<Context, 'target'>, path: string): URL {
  return new URL(path, target.url);
}

/** The URL of a socket. */
export function socketUrl(context: Pick<Context, 'target'>, path: string): URL {
  const url = below(context, path);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return url;
}

/** The time of the broker, in milliseconds since 1970. */
export function brokerTime({ clockDifference = 0 }: Context): number {
  return Date.now() + clockDifference;
}
