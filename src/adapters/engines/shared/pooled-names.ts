import { realmKey, type RealmKey } from '../../../domain/ids.ts';

/** The realm of an engine that holds all realms by pattern (R5). No literal key contains `*`. */
export const POOL: RealmKey = realmKey('*');

/** Keys, ids and spaces contain no control characters. */
const SEPARATOR = '\n';

/** An id or a space of a realm by pattern, as a name in the pool. */
export function pooledName<Name extends string>(realm: RealmKey, name: Name): Name {
  return `${realm}${SEPARATOR}${name}` as Name;
}

/** The realm of a name in the pool; '' for any other name. */
export function realmOfPooledName(name: string): RealmKey {
  return realmKey(name.slice(0, Math.max(0, name.indexOf(SEPARATOR))));
}

/** The name in its own realm. */
export function unpooledName<Name extends string>(name: Name): Name {
  return name.slice(name.indexOf(SEPARATOR) + 1) as Name;
}
