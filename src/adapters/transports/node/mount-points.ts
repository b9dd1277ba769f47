import type { IncomingMessage } from 'node:http';
import { splitTarget } from '../shared/requests.ts';

/** Of a mount path in Express. */
const PARAMETER = /[:*({?+]/;

/** Of a mount with parameters, such as `/rooms/:room`. */
const MAX_LEARNED = 100;

/** The part of a mount that an application knows before the first request. */
export interface KnownMounts {
  /** The mount paths of an Express application, which may have parameters; '' for none. */
  paths(): readonly string[];
  /** True if the handler may be mounted by a router, which does not report its path. */
  readonly mayBeRouted: boolean;
}

/**
 * The paths under which an embedding program has mounted the broker. Routers other than an Express application remove their
 * mount path from `url`, and keep the complete target in `originalUrl`: so the first request shows the mount path. A WebSocket
 * passes no router. Its path is matched with the known mounts, and by its end if a router has mounted the broker.
 */
export class MountPoints {
  readonly #known: KnownMounts;
  readonly #learned = new Set<string>();
  #isUnmounted = false;

  constructor(known: KnownMounts) {
    this.#known = known;
  }

  /** Notes the mount path of a request for the broker. */
  learn({ url = '/', originalUrl = url }: IncomingMessage & { readonly originalUrl?: string }): void {
    if (!this.#known.mayBeRouted) return;
    const [path, below] = [splitTarget(originalUrl).path, splitTarget(url).path];
    if (path === below) {
      this.#isUnmounted = true;
      return;
    }
    const mount = path.slice(0, path.length - below.length);
    if (!path.endsWith(below) || this.#known.paths().includes(mount)) return;
    this.#learned.add(mount);
    const [oldest] = this.#learned;
    if (this.#learned.size > MAX_LEARNED && oldest !== undefined) this.#learned.delete(oldest);
  }

  /** The parts of a path below each mount, with a leading slash. */
  below(path: string): string[] {
    return [...new Set([...this.#known.paths(), ...this.#learned])].flatMap((mount) => pathUnder(mount, path) ?? []);
  }

  /** The parts of a path below each mount that is possible. */
  belowAny(path: string): string[] {
    const isUnknown = (mount: string): boolean => mount === '' || PARAMETER.test(mount);
    const isRouted = this.#learned.size > 0 || (!this.#isUnmounted && this.#known.paths().every(isUnknown));
    if (!this.#known.mayBeRouted || !isRouted) return [];
    return [...path.matchAll(/\//g)].map(({ index }) => path.slice(index));
  }
}

/** @returns the part of `path` below `prefix`, with a leading slash; undefined if `path` is outside of `prefix`. */
function pathUnder(prefix: string, path: string): string | undefined {
  const mount = prefix.replace(/\/+$/, '');
  if (!path.startsWith(mount)) return undefined;
  const rest = path.slice(mount.length);
  if (rest === '') return '/';
  return rest.startsWith('/') ? rest : undefined;
}
