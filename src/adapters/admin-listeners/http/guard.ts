import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { bearerToken } from '../../../application/ports/http.ts';
import { AuthFailures } from '../../../domain/auth-failures.ts';
import { LoginSessions, type Role } from './login-sessions.ts';
import { invalid, Problem } from './problems.ts';

export interface GuardSettings {
  /** Undefined: everybody who reaches the listener is an operator. */
  readonly token: string | undefined;
  readonly viewerToken: string | undefined;
  /** Values of the header Host, without port, beside those of loopback. */
  readonly hosts: readonly string[];
}

const FAILURES_PER_MINUTE = 5;
const MINUTE = 60_000;
const LOOPBACK_HOSTS: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];
/** Pages of other sites can't send it without a preflight, which is refused. */
const ACT_HEADER = 'x-signalbox-admin';

/** ADM9 to ADM12: decides whether a request to the admin listener is answered. */
export class Guard {
  readonly #settings: GuardSettings;
  readonly #now: () => number;
  readonly #failures: AuthFailures;
  readonly #sessions: LoginSessions;

  /** @param now milliseconds of a clock that never goes back. */
  constructor(settings: GuardSettings, now: () => number) {
    this.#settings = settings;
    this.#now = now;
    this.#failures = new AuthFailures({ failuresPerWindow: FAILURES_PER_MINUTE, failureWindow: MINUTE }, now());
    this.#sessions = new LoginSessions(now);
  }

  /** ADM9: a page of another site can make its own name resolve to this address, but can't change the header Host. */
  checkHost({ headersDistinct: { host: [host = '', ...more] = [] } }: IncomingMessage): void {
    if (more.length > 0) throw invalid('More than one Host header');
    const name = host.replace(/:\d*$/, '').toLowerCase();
    if (LOOPBACK_HOSTS.includes(name) || this.#settings.hosts.some((one) => one.toLowerCase() === name)) return;
    throw new Problem({
      status: 421,
      code: 'host-not-listed',
      detail: `The host ${name.slice(0, 100)} is not listed: add it to admin_hosts`,
    });
  }

  /** ADM10, ADM12. */
  roleOf(request: IncomingMessage): Role {
    const role = this.knownRoleOf(request);
    if (role !== undefined) return role;
    throw unauthorized('token-missing', 'Send the header Authorization: Bearer with the admin token, or log in');
  }

  /** ADM14. @returns undefined for a request without a token. @throws Problem for a wrong token. */
  knownRoleOf(request: IncomingMessage): Role | undefined {
    if (!this.asksForToken) return 'operator';
    const given = bearerToken(request.headers.authorization);
    return given === undefined ? this.#sessions.roleOf(request.headers.cookie) : this.#roleOfToken(given, request);
  }

  get asksForToken(): boolean {
    return this.#settings.token !== undefined;
  }

  /** ADM10. @returns the value of the header `set-cookie`. */
  login(given: string, request: IncomingMessage): string {
    this.checkOrigin(request);
    return this.#sessions.open(this.#settings.token === undefined ? 'operator' : this.#roleOfToken(given, request));
  }

  /** @returns the value of the header `set-cookie`. */
  logout(request: IncomingMessage): string {
    this.checkOrigin(request);
    return this.#sessions.close(request.headers.cookie);
  }

  /** ADM11. */
  checkAct(role: Role, request: IncomingMessage): void {
    if (role === 'viewer') throw forbidden('viewer-may-not-act', 'The viewer token may only look');
    this.checkOrigin(request);
    if (request.headers[ACT_HEADER] === undefined) {
      throw forbidden('act-header-missing', `An act needs the header ${ACT_HEADER} with any value`);
    }
  }

  /** ADM11: a browser names the site of the page that sends a request. */
  checkOrigin({ headers: { origin, host } }: IncomingMessage): void {
    if (origin === undefined || origin === `http://${host}` || origin === `https://${host}`) return;
    throw forbidden('origin-not-allowed', 'Pages of other origins may not use the admin listener');
  }

  #roleOfToken(given: string, { socket }: IncomingMessage): Role {
    const address = socket.remoteAddress ?? 'socket';
    const wait = this.#failures.waitFor(address, this.#now());
    if (wait > 0) {
      const headers = { 'retry-after': String(Math.ceil(wait / 1_000)) };
      throw new Problem({ status: 429, code: 'too-many-failures', detail: 'Too many wrong tokens of this address', headers });
    }
    const { token, viewerToken } = this.#settings;
    // Both are compared, so that the time tells nothing.
    const [isOperator, isViewer] = [isEqual(given, token), isEqual(given, viewerToken)];
    if (isOperator) return 'operator';
    if (isViewer) return 'viewer';
    this.#failures.refused(address, { reason: 'token-invalid', detail: 'admin' }, this.#now());
    throw unauthorized('token-invalid', 'The token is not the admin token');
  }
}

function isEqual(given: string, expected: string | undefined): boolean {
  return timingSafeEqual(digest(given), digest(expected ?? '')) && expected !== undefined;
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function unauthorized(code: string, detail: string): Problem {
  return new Problem({ status: 401, code, detail, headers: { 'www-authenticate': 'Bearer realm="signalbox admin"' } });
}

function forbidden(code: string, detail: string): Problem {
  return new Problem({ status: 403, code, detail });
}
