import { finding, type Finding } from '../findings.ts';

/** One message to oneself of D7. */
export interface EchoObservation {
  readonly bytes: number;
  /** Milliseconds until it returned; undefined if it did not. */
  readonly took: number | undefined;
  readonly closeCode: number | undefined;
}

const SLOW_MS = 1_000;
const TOO_BIG = 1009;

/** D7. @param echoes in the order of their size, until the first one that did not return. */
export function judgeSizes(echoes: readonly EchoObservation[]): Finding {
  const returned = echoes.filter(({ took }) => took !== undefined);
  const lost = echoes.find(({ took }) => took === undefined);
  const passed = returned.at(-1)?.bytes ?? 0;
  if (lost?.closeCode === TOO_BIG) return finding('size-limit', { bytes: lost.bytes });
  if (lost !== undefined) return passed === 0 ? finding('messages-lost') : finding('large-lost', { bytes: lost.bytes, passed });
  const slowest = Math.max(...returned.map(({ took }) => took ?? 0));
  return finding(slowest > SLOW_MS ? 'messages-slow' : 'sizes', { bytes: passed, ms: slowest });
}

/** The end of the idle socket of D8. */
export interface IdleObservation {
  readonly seconds: number;
  /** Seconds after which it was cut; undefined if it stayed open. */
  readonly cutAfter: number | undefined;
  /** Whether a message returned after the idle time. */
  readonly isEchoed: boolean;
  readonly server: string | undefined;
}

/** The heartbeat of PeerJS, and some time for the network. */
const HEARTBEAT_SECONDS = 10;

const KNOBS: readonly (readonly [server: RegExp, knob: string])[] = [
  [/nginx|openresty/i, 'proxy_read_timeout and proxy_send_timeout of nginx'],
  [/haproxy/i, 'timeout tunnel of HAProxy'],
  [/cloudflare/i, 'nothing, because Cloudflare cuts after 100 s: send a heartbeat'],
  [/awselb/i, 'idle_timeout of the load balancer'],
  [/apache/i, 'ProxyTimeout of Apache'],
];

/** D8. */
export function judgeIdle({ seconds, cutAfter, isEchoed, server }: IdleObservation): Finding {
  if (cutAfter === undefined) return finding(isEchoed ? 'idle' : 'idle-lost', { seconds });
  const fallback = 'the idle timeout of the proxy (timeout tunnel of HAProxy, proxy_read_timeout of nginx)';
  const knob = KNOBS.find(([name]) => server !== undefined && name.test(server))?.[1] ?? fallback;
  return finding(cutAfter <= HEARTBEAT_SECONDS ? 'idle-cut-early' : 'idle-cut', { seconds: cutAfter, knob });
}

/** The events of D9. */
export interface StreamObservation {
  readonly status: number;
  /** Milliseconds from the first event to the last; undefined if not all arrived. */
  readonly spread: number | undefined;
}

/** Five events 200 ms apart take 800 ms. */
const TOGETHER_MS = 300;

/** D9. */
export function judgeStream({ status, spread }: StreamObservation): Finding {
  if (status !== 200 || spread === undefined) return finding('stream-missing', { status });
  return finding(spread < TOGETHER_MS ? 'stream-buffered' : 'stream');
}

/** Streams that are read before they count as buffered. */
const STREAMS = 3;

/** D9. Reads another stream if the events arrive together, because a pause of this machine has the same effect on one stream. */
export async function judgeStreams(read: () => Promise<StreamObservation>): Promise<Finding> {
  for (let count = 1; ; count++) {
    const found = judgeStream(await read());
    if (found.verdict !== 'stream-buffered' || count === STREAMS) return found;
  }
}

export const NO_BROKER = 'The broker was not reached.';
export const NO_DOCTOR = 'The server has no doctor.';
