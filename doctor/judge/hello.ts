import { finding, type Finding } from '../findings.ts';
import { headerOf, type HttpObservation } from '../target.ts';

/** The requests of D2. */
export interface HelloObservation {
  readonly path: string;
  readonly timeout: number;
  /** `GET {path}doctor/hello`. */
  readonly hello: HttpObservation;
  /** `GET {path}`, which a PeerJS server answers with its description. */
  readonly root: HttpObservation;
  /** Another path at which a broker answers. */
  readonly found: string | undefined;
}

const FINGERPRINT = 'x-signalbox';

/** D2. */
export function judgeHello(seen: HelloObservation): Finding {
  const { hello, root, found, path } = seen;
  const { status } = hello;
  if (hello.error !== undefined) return judgeFailure(hello.error, seen.timeout);
  if (isSignalboxDoctor(hello)) return finding('hello', { ms: hello.took });
  const refusal = judgeStatus(hello);
  if (refusal !== undefined) return refusal;
  const name = describedName(root);
  if (name === 'Signalbox') return finding('doctor-off');
  if (name !== undefined) return finding('other-server', { name });
  if (found !== undefined) return finding('wrong-path', { path, found });
  if (isUnknownPathOfBroker(hello)) return finding('path-unknown');
  return finding('not-broker', { status, server: headerOf(hello, 'server') ?? 'no Server header' });
}

export function isSignalboxDoctor(hello: HttpObservation): boolean {
  return hello.status === 200 && headerOf(hello, FINGERPRINT) !== undefined;
}

/** The name in the description of a PeerJS server (H1); undefined for any other response. */
export function describedName({ status, body }: HttpObservation): string | undefined {
  if (status !== 200) return undefined;
  const description = parsed(body) as { name?: unknown; description?: unknown } | undefined;
  const { name } = description ?? {};
  return typeof name === 'string' && /peer|signal/i.test(`${name} ${String(description?.description)}`) ? name : undefined;
}

/** Paths that operators confuse: the root, the segment of the socket, a prefix too many or too few. */
export function nearbyPaths(path: string): string[] {
  const segments = path.split('/').filter((segment) => segment !== '');
  const parents = segments.map(
    (_, length) =>
      `/${segments
        .slice(0, length)
        .map((name) => `${name}/`)
        .join('')}`,
  );
  const doubled = path === '/' ? [] : [path + path.slice(1)];
  const candidates = [...parents.reverse(), ...doubled, `${path}peerjs/`, '/', '/peerjs/', '/myapp/'];
  return [...new Set(candidates)].filter((candidate) => candidate !== path);
}

function judgeFailure(code: string, timeout: number): Finding {
  if (code === 'ETIMEDOUT') return finding('http-timeout', { ms: timeout });
  return finding(code.startsWith('HPE_') ? 'tls-on-http-port' : 'http-failed', { code });
}

function judgeStatus(answer: HttpObservation): Finding | undefined {
  const { status, body } = answer;
  if (status === 505) return finding('http-1.0');
  if (status >= 300 && status < 400) return finding('redirect', { status, location: headerOf(answer, 'location') ?? '?' });
  if (status === 400 && /https? port|TLS/i.test(body)) return finding('tls-on-http-port');
  if (status === 401 || status === 407) return finding('login', { status });
  if (status === 403) return finding('forbidden', { status });
  if (status === 429) return finding('rate-limited');
  return status >= 502 && status <= 504 ? finding('gateway-error', { status }) : undefined;
}

/** H8: the text of the broker. A proxy or a framework has a page of its own. */
function isUnknownPathOfBroker({ status, body }: HttpObservation): boolean {
  return status === 404 && body === 'Not Found';
}

/** Undefined for text that is not JSON. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
