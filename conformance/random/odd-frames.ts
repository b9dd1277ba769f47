/** M10: what is no JSON object, by the name that steps have for it. Bytes go out as a binary frame. */
export const MALFORMED_FRAMES: Readonly<Record<string, string | Uint8Array>> = {
  'half an object': '{"type":"OFFER",',
  'two objects': '{"type":"OFFER"}{}',
  'a number without quotes around it': '5',
  'the word null': 'null',
  'a text': '"OFFER"',
  'no JSON at all': 'hello',
  nothing: '',
  'bytes that are no text': Uint8Array.of(0, 1, 2, 0xff),
};

/** M9, M12: JSON objects that are of no use to anybody, by the name that steps have for them. */
export const IGNORED_FRAMES: Readonly<Record<string, string>> = {
  'an OPEN': '{"type":"OPEN"}',
  'an unknown type': '{"type":"PLEASE","dst":"ann","payload":1}',
  'no type': '{"dst":"ann","payload":1}',
  'an OFFER to nobody': '{"type":"OFFER","payload":1}',
  'an empty object': '{}',
};
