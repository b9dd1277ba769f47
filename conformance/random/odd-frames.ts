import { almostJson } from '../client/almost-json.ts';

/**
 * M10: frames that are not JSON objects, by the name used in steps. Bytes are sent as a binary frame. `{dst}` is the id of a
 * peer: a lenient parser relays the frame to it.
 */
export const MALFORMED_FRAMES: Readonly<Record<string, string | Uint8Array>> = {
  'a truncated object': '{"type":"OFFER",',
  'two objects': '{"type":"OFFER"}{}',
  'an unquoted number': '5',
  'the value null': 'null',
  'a string': '"OFFER"',
  'plain text': 'hello',
  'an empty frame': '',
  ...Object.fromEntries(
    Object.entries(almostJson('{}')).map(([name, text]) => [`a lenient message: ${name.replaceAll('-', ' ')}`, text]),
  ),
  'invalid UTF-8 bytes': Uint8Array.of(0, 1, 2, 0xff),
};

/** M9, M12: JSON objects without a valid type or dst, by the name used in steps, with `{dst}` as above. */
export const IGNORED_FRAMES: Readonly<Record<string, string>> = {
  'an OPEN': '{"type":"OPEN"}',
  'an unknown type': '{"type":"PLEASE","dst":"{dst}","payload":1}',
  'no type': '{"dst":"{dst}","payload":1}',
  'a HEARTBEAT with a dst': '{"type":"HEARTBEAT","dst":"{dst}","payload":1}',
  'an OFFER without dst': '{"type":"OFFER","payload":1}',
  'an empty object': '{}',
};
