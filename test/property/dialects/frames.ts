const FINGERPRINT = Array.from({ length: 32 }, (_, place) => (((place * 37) % 200) + 40).toString(16).toUpperCase()).join(':');

function sdp(role: 'actpass' | 'active'): string {
  const lines = [
    'v=0',
    'o=- 4611731400430051336 2 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    'a=group:BUNDLE 0',
    'a=extmap-allow-mixed',
    'a=msid-semantic: WMS',
    'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
    'c=IN IP4 0.0.0.0',
    'a=ice-ufrag:EsAw',
    'a=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1',
    'a=ice-options:trickle',
    `a=fingerprint:sha-256 ${FINGERPRINT}`,
    `a=setup:${role}`,
    'a=mid:0',
    'a=sctp-port:5000',
    'a=max-message-size:262144',
    '',
  ];
  return lines.join('\r\n');
}

const DST = 'a3a0f4ad-4f6f-4f3c-a1c4-6e9f7e0f2f1b';
const CONNECTION = { type: 'data', connectionId: 'dc_9q0ku2h3ffd' };

function candidate(line: string): string {
  return JSON.stringify({
    type: 'CANDIDATE',
    payload: { candidate: { candidate: line, sdpMid: '0', sdpMLineIndex: 0, usernameFragment: 'EsAw' }, ...CONNECTION },
    dst: DST,
  });
}

/** Frames of a PeerJS client during connection setup: an offer, an answer, candidates, and control frames. */
export const FRAMES: readonly string[] = [
  JSON.stringify({
    type: 'OFFER',
    payload: {
      sdp: { type: 'offer', sdp: sdp('actpass') },
      ...CONNECTION,
      label: CONNECTION.connectionId,
      reliable: false,
      serialization: 'binary',
      metadata: { name: 'Zoë 😀', nested: [1, 2.5, null, true] },
    },
    dst: DST,
  }),
  JSON.stringify({
    type: 'ANSWER',
    payload: { sdp: { type: 'answer', sdp: sdp('active') }, ...CONNECTION, browser: 'chrome' },
    dst: DST,
  }),
  candidate('candidate:842163049 1 udp 1677729535 203.0.113.7 52871 typ srflx raddr 192.0.2.3 rport 52871 generation 0'),
  candidate('candidate:3994403232 1 udp 2122260223 192.0.2.3 52871 typ host generation 0 ufrag EsAw network-id 1'),
  candidate('candidate:1467250027 1 tcp 1518280447 2001:db8::3 9 typ host tcptype active generation 0 ufrag EsAw'),
  candidate(''),
  '{"type":"LEAVE","dst":"bob"}',
  '{"type":"LEAVE"}',
  '{"type":"HEARTBEAT"}',
  '{"type":"EXPIRE","dst":"bob","payload":null}',
];

/** Well-formed frames without effect. Mutations of client frames seldom produce these. */
export const INEFFECTIVE_FRAMES: readonly string[] = [
  '{"type":"OFFER","dst":null,"payload":{}}',
  '{"type":"LEAVE","dst":7}',
  '{"type":"CANDIDATE","payload":1,"dst":{"id":"bob"}}',
  '{"type":"OPEN","dst":"bob"}',
  '{"dst":"bob","payload":"without a type"}',
  '"OFFER"',
];
