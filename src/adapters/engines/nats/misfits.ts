import type { NodeId, RealmKey } from '../../../domain/ids.ts';
import { bucketOf, takenKey } from './keys.ts';

/** Of one line of the protocol, which holds the subject of an entry and the subject of the answer; no server tells its own. */
const CONTROL_LINE_BYTES = 4_096;
/** The rest of such a line. */
const LINE_REST_BYTES = 256;
const STREAM_NAME_BYTES = 255;
/** Of UTF-8 for one UTF-16 unit. */
const UNIT_BYTES = 3;
/** An entry or a part of a publication that is smaller carries little but its head. */
const LEAST_PAYLOAD_BYTES = 16 * 1024;

export interface Sizes {
  readonly node: NodeId;
  readonly realms: readonly RealmKey[];
  /** O7: characters of an id. */
  readonly idLength: number;
}

/** What of the configuration NATS can't carry, in words; undefined if it carries all. @param maxPayload of the server. */
export function misfitIn({ node, realms, idLength }: Sizes, maxPayload: number): string | undefined {
  if (maxPayload < LEAST_PAYLOAD_BYTES) return `max_payload of the server is ${maxPayload}; use at least ${LEAST_PAYLOAD_BYTES}`;
  for (const realm of realms) {
    const bucket = bucketOf(realm);
    if (`KV_${bucket}`.length > STREAM_NAME_BYTES) {
      return `the key ${realm.slice(0, 40)}… is too long for NATS; use a shorter --key`;
    }
    const subject = (length: number): number => {
      const longest = takenKey('x'.repeat(UNIT_BYTES * length) as Parameters<typeof takenKey>[0], node);
      return `$KV.${bucket}.${longest}`.length + LINE_REST_BYTES;
    };
    if (subject(idLength) <= CONTROL_LINE_BYTES) continue;
    const most = Math.floor(idLength - (subject(idLength) - CONTROL_LINE_BYTES) / (subject(2) - subject(1)));
    return `--id_length ${idLength} is too much for the subjects of NATS; use at most ${most}`;
  }
  return undefined;
}
