import type { NodeId, RealmKey } from '../../../domain/ids.ts';
import { bucketOf, removalKey } from './keys.ts';

/** Of one line of the protocol, which holds the subject of an entry and the subject of the answer; no server tells its own. */
const CONTROL_LINE_BYTES = 4_096;
/** The rest of such a line. */
const LINE_OVERHEAD_BYTES = 256;
const STREAM_NAME_BYTES = 255;
/** Of UTF-8 for one UTF-16 unit. */
const BYTES_PER_UTF16_UNIT = 3;
/** An entry or a part of a publication that is smaller carries little but its head. */
const MIN_PAYLOAD_BYTES = 16 * 1024;

export interface SizeSettings {
  readonly node: NodeId;
  readonly realms: readonly RealmKey[];
  /** O7: characters of an id. */
  readonly idLength: number;
}

/** What of the configuration NATS can't carry, in words; undefined if it carries all. @param maxPayload of the server. */
export function exceededLimit({ node, realms, idLength }: SizeSettings, maxPayload: number): string | undefined {
  if (maxPayload < MIN_PAYLOAD_BYTES) return `max_payload of the server is ${maxPayload}; use at least ${MIN_PAYLOAD_BYTES}`;
  for (const realm of realms) {
    const bucket = bucketOf(realm);
    if (`KV_${bucket}`.length > STREAM_NAME_BYTES) {
      return `the key ${realm.slice(0, 40)}… is too long for NATS; use a shorter --key`;
    }
    const subject = (length: number): number => {
      const longest = removalKey('x'.repeat(BYTES_PER_UTF16_UNIT * length) as Parameters<typeof removalKey>[0], node);
      return `$KV.${bucket}.${longest}`.length + LINE_OVERHEAD_BYTES;
    };
    if (subject(idLength) <= CONTROL_LINE_BYTES) continue;
    const most = Math.floor(idLength - (subject(idLength) - CONTROL_LINE_BYTES) / (subject(2) - subject(1)));
    return `--id_length ${idLength} is too much for the subjects of NATS; use at most ${most}`;
  }
  return undefined;
}
