/* The messages of a call: for each offer one answer and eight candidates, 677 bytes on average. */

const SIZES = { OFFER: 1770, ANSWER: 1600, CANDIDATE: 425 };

/** One round of signalling, in order. */
const MIX = ['OFFER', 'ANSWER', ...Array.from({ length: 8 }, () => 'CANDIDATE')];

/** The number of messages in a round. */
export const ROUND = MIX.length;

/** The first number; all numbers have the same length. */
export const FIRST_NUMBER = 1_000_000_000;

const SDP = `v=0
o=- 4611731400430051336 2 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0 1
a=extmap-allow-mixed
a=msid-semantic: WMS 8d1f6a0e-4c3b-4e77-9d5e-0c1b9f0a7e42
m=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126
c=IN IP4 0.0.0.0
a=rtcp:9 IN IP4 0.0.0.0
a=ice-ufrag:EsAw
a=ice-pwd:bP+XJMM09aR8AiX1jdukzR6Y
a=ice-options:trickle
a=fingerprint:sha-256 49:66:12:17:0D:1C:91:AE:57:4C:C6:36:DD:D5:97:D2:7D:62:C9:9A:7F:B9:A3:F4:70:03:E7:43:91:73:23:5E
a=setup:actpass
a=mid:0
a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level
a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time
a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01
a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid
a=sendrecv
a=msid:8d1f6a0e-4c3b-4e77-9d5e-0c1b9f0a7e42 2b9fd1c4-75a1-4d58-a3b5-61a7c5d00e11
a=rtcp-mux
a=rtcp-rsize
a=rtpmap:111 opus/48000/2
a=rtcp-fb:111 transport-cc
a=fmtp:111 minptime=10;useinbandfec=1
a=rtpmap:63 red/48000/2
a=fmtp:63 111/111
a=rtpmap:9 G722/8000
a=rtpmap:0 PCMU/8000
a=rtpmap:8 PCMA/8000
a=rtpmap:13 CN/8000
a=rtpmap:110 telephone-event/48000
a=rtpmap:126 telephone-event/8000
a=ssrc:2713219459 cname:kU4PMzG2RT0j9TXp
a=ssrc:2713219459 msid:8d1f6a0e-4c3b-4e77-9d5e-0c1b9f0a7e42 2b9fd1c4-75a1-4d58-a3b5-61a7c5d00e11
m=video 9 UDP/TLS/RTP/SAVPF 96 97 102 103
c=IN IP4 0.0.0.0
a=rtcp:9 IN IP4 0.0.0.0
a=ice-ufrag:EsAw
a=ice-pwd:bP+XJMM09aR8AiX1jdukzR6Y
a=setup:actpass
a=mid:1
a=rtpmap:96 VP8/90000
a=rtcp-fb:96 goog-remb
`.replaceAll('\n', '\r\n');

const HOST_CANDIDATE =
  'candidate:2999745851 1 udp 2113937151 4a5f3c1e-8a51-4a2f-9c50-c4d1b0a8a4e2.local 52337 typ host ' +
  'generation 0 ufrag EsAw network-cost 999';

const ID_LENGTH = 36;

/** The type of the message at this position of the mix. */
export function typeAt(place) {
  return MIX[place % ROUND];
}

/**
 * The beginning of a text. Its fields, src included, have the order that all servers under test use, because a relay
 * without a parser has to relay the text unchanged. @param {{ type: string, from: string, to: string }} head
 */
export function headOf({ type, from, to }) {
  if (from.length !== ID_LENGTH || to.length !== ID_LENGTH) throw new Error('all ids must have the same length, so that all texts have');
  return `{"type":"${type}","src":"${from}","dst":"${to}","payload":`;
}

/** The end of a text, the same for all senders, with `FIRST_NUMBER` as its number. Head and end have the length of the type. */
export function tailOf(type) {
  const id = '0'.repeat(ID_LENGTH);
  const size = SIZES[type] - headOf({ type, from: id, to: id }).length;
  const write = (words, filling) => `${JSON.stringify(payloadOf(type, words, filling))}}`;
  let words = 0;
  while (words < SDP.length && write(words + 1, 0).length <= size) words += 1;
  return write(words, size - write(words, 0).length);
}

/** @param {number} words characters of the description @param {number} filling characters of the label */
function payloadOf(type, words, filling) {
  const call = { n: FIRST_NUMBER, type: 'media', connectionId: 'mc_k2x9w5t1qzj' };
  const label = 'l'.repeat(filling);
  if (type === 'CANDIDATE') {
    return { candidate: { candidate: HOST_CANDIDATE, sdpMid: '0', sdpMLineIndex: 0, usernameFragment: 'EsAw' }, ...call, label };
  }
  return { sdp: { type: type.toLowerCase(), sdp: SDP.slice(0, words) }, ...call, label };
}
