import type { Credentials, HttpRoute } from '../../../application/ports/requests.ts';

const READING: readonly string[] = ['GET', 'HEAD'];

/** What PeerJS serves where, under one prefix (H1 to H4, O9). */
export class Routes {
  readonly #prefix: string;

  /** @param prefix begins and ends with a slash. */
  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  /** O9: the very path, no slash behind it. */
  opensAt(path: string): boolean {
    return path.length === this.#prefix.length + SOCKET.length && path.startsWith(this.#prefix) && path.endsWith(SOCKET);
  }

  /** H1 to H4. A slash at the end changes nothing. */
  find(path: string): HttpRoute | undefined {
    if (path === this.#prefix || `${path}/` === this.#prefix) return { methods: READING, asks: { ask: 'describe' } };
    if (!path.startsWith(this.#prefix)) return undefined;
    const [key, what, ...rest] = path.slice(this.#prefix.length).replace(/\/$/, '').split('/');
    const realm = decoded(key);
    if (realm === undefined || rest.length > 0) return undefined;
    if (what === 'id') return { methods: READING, asks: { ask: 'issue-peer-id', key: realm } };
    if (what === 'peers') return { methods: READING, asks: { ask: 'list-peers', key: realm } };
    return undefined;
  }
}

const SOCKET = 'peerjs';

/** O8: of a parameter that is repeated, the last counts. `__proto__` is a name like any other. */
export function readCredentials(query: string): Credentials {
  const parameters = new URLSearchParams(query);
  return {
    key: parameters.getAll('key').at(-1),
    id: parameters.getAll('id').at(-1),
    token: parameters.getAll('token').at(-1),
  };
}

/** A path segment as text; undefined where it is missing or its escapes are broken. */
function decoded(segment: string | undefined): string | undefined {
  if (segment === undefined || segment === '') return undefined;
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}
