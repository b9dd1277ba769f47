import { TIMEOUT_MS } from './context.ts';

export interface GatheredCandidate {
  readonly type: string;
  readonly foundation: string;
  readonly address: string;
  readonly port: number;
}

export interface Gathering {
  readonly candidates: readonly GatheredCandidate[];
  readonly errors: readonly { readonly code: number; readonly text: string }[];
  /** Whether the browser has finished in time. */
  readonly isComplete: boolean;
  /** Milliseconds until the wanted candidate, or until the end. */
  readonly took: number;
}

/** Gathers candidates of these servers, until the first one of the wanted type, or for `TIMEOUT_MS`. */
export async function gather(configuration: RTCConfiguration, wanted?: string): Promise<Gathering> {
  const connection = new RTCPeerConnection(configuration);
  const candidates: GatheredCandidate[] = [];
  const errors: { code: number; text: string }[] = [];
  const start = performance.now();
  let isComplete = false;
  await new Promise<void>((resolve) => {
    setTimeout(resolve, TIMEOUT_MS);
    connection.addEventListener('icecandidateerror', ({ errorCode, errorText }) =>
      errors.push({ code: errorCode, text: errorText }),
    );
    connection.addEventListener('icecandidate', ({ candidate }) => {
      if (candidate === null) {
        isComplete = true;
        return resolve();
      }
      const { type, foundation, address, port } = candidate;
      candidates.push({ type: type ?? '', foundation: foundation ?? '', address: address ?? '', port: port ?? 0 });
      if (type !== null && type === wanted) resolve();
    });
    connection.createDataChannel('doctor');
    connection.setLocalDescription().catch(() => resolve());
  });
  connection.close();
  return { candidates, errors, isComplete, took: Math.round(performance.now() - start) };
}

/** Extensions and policies can remove it, or let its constructor throw. */
export function hasWebRtc(): boolean {
  try {
    new RTCPeerConnection().close();
    return true;
  } catch {
    return false;
  }
}
