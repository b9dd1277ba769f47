import type { StoredBan } from '../../../application/ports/cluster-records.ts';
import { BAN_TARGETS, type BanTarget } from '../../../domain/bans.ts';
import { realmKey } from '../../../domain/ids.ts';
import type { Millis } from '../../../domain/time.ts';

/** The stored text of a ban, without its end. The field names are the stored format and must not change. */
export function encodeBan({ what, value, realm, reason }: StoredBan): string {
  return JSON.stringify({ what, value, realm, reason });
}

/** @returns undefined for a text that is no ban of this version. Never throws. */
export function decodeBan(id: string, text: string, endsIn: Millis): StoredBan | undefined {
  const { what, value, realm, reason } = fieldsOf(text);
  if (!BAN_TARGETS.includes(what as BanTarget) || typeof value !== 'string') return undefined;
  return {
    ...{ id, what: what as BanTarget, value, endsIn },
    realm: typeof realm === 'string' ? realmKey(realm) : undefined,
    reason: typeof reason === 'string' ? reason : undefined,
  };
}

function fieldsOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
  } catch {
    return {};
  }
}
