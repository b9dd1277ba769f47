import { isDeepStrictEqual } from 'node:util';

/** Part of each payload: JSON that serializers change in their own ways. */
export const PROBE =
  '{"z":{},"a":[],"2":1.0,"1":0.1,"big":12345678901234567890,"text":"\\u00fc\\/<&>ü\u2028","null":null,"false":false, "":""}';
const VALUE: unknown = JSON.parse(PROBE);

/**
 * M2: the state of the probe in a received frame.
 * @returns `absent` if the payload has no probe.
 */
export function probeIn(text: string): 'same bytes' | 'same value' | 'changed' | 'absent' {
  if (text.includes(`"probe":${PROBE}`)) return 'same bytes';
  const { payload } = JSON.parse(text) as { readonly payload?: unknown };
  const isObject = typeof payload === 'object' && payload !== null && 'probe' in payload;
  if (!isObject) return 'absent';
  return isDeepStrictEqual(payload.probe, VALUE) ? 'same value' : 'changed';
}
