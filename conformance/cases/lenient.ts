import { cases, type CaseDraft } from '../case.ts';
import { Failed, loose, type Loose } from '../outcomes.ts';
import { almostJson } from '../client/almost-json.ts';
import { clientPayload } from '../client/client-payload.ts';
import { parseFrame } from '../client/parse-frame.ts';

/** How long a server without pongs has to read a frame. */
const READ_MS = 300;
const PAYLOAD = JSON.stringify(clientPayload('OFFER', 'lenient'));

/** M10: whole messages in frames that are not JSON. */
export const LENIENT_CASES = cases(
  Object.entries(almostJson(PAYLOAD)).map(([name, addressed]): CaseDraft => ({
    id: `M10.lenient-${name}`,
    title: `Ann sends Bob ${JSON.stringify(addressed.replace('{dst}', '{bob}'))}, which is not a JSON object`,
    severity: 'hardening',
    expected: 'Bob receives nothing: a frame that is not JSON is not a message',
    pace: 'later',
    async run(fixture): Promise<Loose | void> {
      const [ann, bob] = await fixture.connectPair();
      const partner = await fixture.connect('partner');
      ann.sendText(addressed.replace('{dst}', bob.id));
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
