/**
 * M10: frames that are not JSON objects, but that a lenient parser takes for a message to `{dst}`, by name.
 * @param payload the JSON text of a payload.
 */
export function almostJson(payload: string): Readonly<Record<string, string>> {
  return {
    comment: `{"type":"OFFER",/* to Bob */"dst":"{dst}","payload":${payload}}`,
    'line-comment': `{"type":"OFFER",// to Bob\n"dst":"{dst}","payload":${payload}}`,
    'trailing-comma': `{"type":"OFFER","dst":"{dst}","payload":${payload},}`,
    'quotes-single': `{'type':'OFFER','dst':'{dst}','payload':${payload}}`,
    'names-without-quotes': `{type:"OFFER",dst:"{dst}",payload:${payload}}`,
    'text-behind': `{"type":"OFFER","dst":"{dst}","payload":${payload}} and more`,
    'object-behind': `{"type":"OFFER","dst":"{dst}","payload":${payload}}{}`,
    'payload-nan': '{"type":"OFFER","dst":"{dst}","payload":{"sdp":NaN}}',
    'payload-infinity': '{"type":"OFFER","dst":"{dst}","payload":{"sdp":-Infinity}}',
    'payload-undefined': '{"type":"OFFER","dst":"{dst}","payload":undefined}',
    'payload-hexadecimal': '{"type":"OFFER","dst":"{dst}","payload":{"sdp":0x10}}',
    'payload-leading-zero': '{"type":"OFFER","dst":"{dst}","payload":{"sdp":01}}',
    'payload-leading-plus': '{"type":"OFFER","dst":"{dst}","payload":{"sdp":+1}}',
    'payload-bare-point': '{"type":"OFFER","dst":"{dst}","payload":{"sdp":1.}}',
    'payload-line-feed': '{"type":"OFFER","dst":"{dst}","payload":{"sdp":"a\nb"}}',
    'payload-bad-escape': '{"type":"OFFER","dst":"{dst}","payload":{"sdp":"\\x41"}}',
    'payload-cut': '{"type":"OFFER","dst":"{dst}","payload":{"sdp":"v=0"',
    bom: `\ufeff{"type":"OFFER","dst":"{dst}","payload":${payload}}`,
    list: `[{"type":"OFFER","dst":"{dst}","payload":${payload}}]`,
    'text-of-text': JSON.stringify(`{"type":"OFFER","dst":"{dst}","payload":${payload}}`),
  };
}
