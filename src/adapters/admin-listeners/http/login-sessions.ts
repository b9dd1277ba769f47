import { randomBytes } from 'node:crypto';

/** An operator may act; a viewer may only look. */
export type Role = 'operator' | 'viewer';

const LIFETIME_MS = 12 * 3_600_000;
const MAX_SESSIONS = 1_000;
const ID_BYTES = 32;
const COOKIE = 'signalbox_admin';

/** ADM10: the logins of browsers, by the value of their cookie. */
export class LoginSessions {
  readonly #now: () => number;
  readonly #sessions = new Map<string, { readonly role: Role; readonly endsAt: number }>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** @returns the value of the header `set-cookie`. */
  open(role: Role): string {
    const [oldest] = this.#sessions.keys();
    if (this.#sessions.size >= MAX_SESSIONS && oldest !== undefined) this.#sessions.delete(oldest);
    const id = randomBytes(ID_BYTES).toString('base64url');
    this.#sessions.set(id, { role, endsAt: this.#now() + LIFETIME_MS });
    return `${COOKIE}=${id}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${LIFETIME_MS / 1_000}`;
  }

  /** @param cookies the header `cookie`. */
  roleOf(cookies: string | undefined): Role | undefined {
    const id = idIn(cookies);
    const session = id === undefined ? undefined : this.#sessions.get(id);
    return session !== undefined && this.#now() < session.endsAt ? session.role : undefined;
  }

  /** @returns the value of the header `set-cookie` that removes the cookie. */
  close(cookies: string | undefined): string {
    const id = idIn(cookies);
    if (id !== undefined) this.#sessions.delete(id);
    return `${COOKIE}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0`;
  }
}

function idIn(cookies: string | undefined): string | undefined {
  for (const pair of (cookies ?? '').split(';')) {
    const [name, value] = pair.trim().split('=', 2);
    if (name === COOKIE) return value;
  }
  return undefined;
}
