import { cases, type CaseDraft } from '../case.ts';
import { Failed, loose, type Loose } from '../outcomes.ts';
import { clientPayload } from '../client/client-payload.ts';
import { parseFrame } from '../client/parse-frame.ts';

/** How long a server without pongs has to read a frame. */
const READ_MS = 300;
const PAYLOAD = JSON.stringify(clientPayload('OFFER', 'lenient'));

/** Frames that are not JSON, but that a lenient parser relays. `{bob}` is the id of Bob. */
const ALMOST_JSON = {
  comment: `{"type":"OFFER",/* to Bob */"dst":"{bob}","payload":${PAYLOAD}}`,
  'line-comment': `{"type":"OFFER",// to Bob\n"dst":"{bob}","payload":${PAYLOAD}}`,
  'trailing-comma': `{"type":"OFFER","dst":"{bob}","payload":${PAYLOAD},}`,
  'quotes-single': `{'type':'OFFER','dst':'{bob}','payload':${PAYLOAD}}`,
  'names-without-quotes': `{type:"OFFER",dst:"{bob}",payload:${PAYLOAD}}`,
  'text-behind': `{"type":"OFFER","dst":"{bob}","payload":${PAYLOAD}} and more`,
  'object-behind': `{"type":"OFFER","dst":"{bob}","payload":${PAYLOAD}}{}`,
  'payload-nan': '{"type":"OFFER","dst":"{bob}","payload":{"sdp":NaN}}',
  'payload-infinity': '{"type":"OFFER","dst":"{bob}","payload":{"sdp":-Infinity}}',
  'payload-undefined': '{"type":"OFFER","dst":"{bob}","payload":undefined}',
  'payload-hexadecimal': '{"type":"OFFER","dst":"{bob}","payload":{"sdp":0x10}}',
  'payload-leading-zero': '{"type":"OFFER","dst":"{bob}","payload":{"sdp":01}}',
  'payload-leading-plus': '{"type":"OFFER","dst":"{bob}","payload":{"sdp":+1}}',
  'payload-bare-point': '{"type":"OFFER","dst":"{bob}","payload":{"sdp":1.}}',
  'payload-line-feed': '{"type":"OFFER","dst":"{bob}","payload":{"sdp":"a\nb"}}',
  'payload-bad-escape': '{"type":"OFFER","dst":"{bob}","payload":{"sdp":"\\x41"}}',
  'payload-cut': '{"type":"OFFER","dst":"{bob}","payload":{"sdp":"v=0"',
  list: `[{"type":"OFFER","dst":"{bob}","payload":${PAYLOAD}}]`,
  'text-of-text': JSON.stringify(`{"type":"OFFER","dst":"{bob}","payload":${PAYLOAD}}`),
};

/** M10: whole messages in frames that are not JSON. */
export const LENIENT_CASES = cases(
  Object.entries(ALMOST_JSON).map(([name, text]): CaseDraft => ({
    id: `M10.lenient-${name}`,
    title: `Ann sends Bob ${JSON.stringify(text)}, which is not a JSON object`,
    severity: 'hardening',
    expected: 'Bob receives nothing: a frame that is not JSON is not a message',
    pace: 'later',
    async run(fixture): Promise<Loose | void> {
      const [ann, bob] = await fixture.connectPair();
      const partner = await fixture.connect('partner');
      ann.sendText(text.replace('{bob}', bob.id));
      await ann.waitUntilReadOrClosed(READ_MS);
      partner.sendOffer(bob.id, 'the end');
      const received = await bob.receiveText();
      if (received.includes('the end')) return undefined;
      if (parseFrame(received) === undefined) {
        throw new Failed(`Bob received a frame that is not JSON: ${received.slice(0, 120)}`);
      }
      return loose('relays the message');
    },
  })),
);
