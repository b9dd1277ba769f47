import type { NodeId, RealmKey } from '../../../domain/ids.ts';
import { MAX_KEY_LENGTH } from '../../../domain/realm-keys.ts';
import { POOL } from '../shared/pooled-names.ts';
import { bucketOf, removalKey } from './keys.ts';

/**
 * Default limit of a NATS server for one protocol line: the subject of an entry and the reply subject. Servers do not report
 * it.
 */
const CONTROL_LINE_BYTES = 4_096;
/** The rest of the protocol line. */
const LINE_OVERHEAD_BYTES = 256;
const STREAM_NAME_BYTES = 255;
/** UTF-8 bytes of one UTF-16 unit, at most. */
const BYTES_PER_UTF16_UNIT = 3;
/** With a smaller maximum, an entry or a part of a publication would have little room beside its head. */
const MIN_PAYLOAD_BYTES = 16 * 1024;

export interface SizeSettings {
  readonly node: NodeId;
  readonly realms: readonly RealmKey[];
  /** O7: characters of an id. */
  readonly idLength: number;
}

/** A message about the setting that exceeds a limit of NATS; undefined if all fit. @param maxPayload of the server, in bytes. */
export function exceededLimit({ node, realms, idLength }: SizeSettings, maxPayload: number): string | undefined {
  if (maxPayload < MIN_PAYLOAD_BYTES) {
    return `max_payload of the NATS server is ${maxPayload} bytes: Signalbox needs at least ${MIN_PAYLOAD_BYTES}`;
  }
  for (const realm of realms) {
    const bucket = bucketOf(realm);
    if (`KV_${bucket}`.length > STREAM_NAME_BYTES) {
      return `--key ${realm.slice(0, 40)}… is too long for the name of a NATS stream (${STREAM_NAME_BYTES} bytes). Use a shorter --key`;
    }
    // R5: names in the pool contain the key.
    const longestId = realm === POOL ? idLength + MAX_KEY_LENGTH + 1 : idLength;
    const subject = (length: number): number => {
      const longest = removalKey('x'.repeat(BYTES_PER_UTF16_UNIT * length) as Parameters<typeof removalKey>[0], node);
      return `$KV.${bucket}.${longest}`.length + LINE_OVERHEAD_BYTES;
    };
    if (subject(longestId) <= CONTROL_LINE_BYTES) continue;
    const most = Math.floor(idLength - (subject(longestId) - CONTROL_LINE_BYTES) / (subject(2) - subject(1)));
    return `--id_length ${idLength} is too long for the subjects of NATS. Use at most ${most}`;
  }
  return undefined;
}
