import { ConformingCentrifuge, type CentrifugeFault } from '../../conformance/topics/conforming-centrifuge.ts';
import { describeWireCases } from './wire-cases.ts';

const UNREADABLE = ['no-json', 'half-json', 'list', 'no-id', 'no-name', 'no-channel', 'no-data'].map((name) => `CF2.${name}`);

/** Each fault and the cases that must detect it. */
const FAULTS: Readonly<Record<CentrifugeFault, readonly string[]>> = {
  'sends binary frames': ['CF1.text-frames'],
  'ignores binary frames': ['CF1.binary'],
  'reads one command of each frame': ['CF1.several-commands'],
  'omits the name of a reply': ['CF2.reply'],
  'gives all clients one id': ['CF3.client'],
  'delivers nothing': ['CF6.subscribe', 'CF8.publisher-too'],
  'delivers to similar channels': ['CF6.subscribe'],
  'refuses unknown members': ['CF6.offers'],
  'ignores unsubscribe': ['CF7.unsubscribe'],
  'refuses unknown unsubscriptions': ['CF7.never-subscribed'],
  'serializes data again': [
    ...['CF8.data-text', 'CF8.data-decimals', 'CF8.data-large-integer', 'CF8.data-spaces'],
    ...['CF8.data-numeric-names', 'CF8.data-repeated-members'],
  ],
  'reads null as no data': ['CF8.data-null'],
  'does not deliver to the publisher': ['CF8.publisher-too'],
  'replies before it delivers': ['CF8.publisher-too'],
  'delivers once per subscriber and again': ['CF8.publisher-too', 'CF8.order'],
  'reorders publications': ['CF8.order'],
  'claims to have recovered': ['CF9.recover'],
  'ignores recovery': ['CF9.recover'],
  'gives presence another code': ['CF10.presence'],
  'lists only the client itself': ['CF10.clients'],
  'counts only the client itself': ['CF10.stats'],
  'lists clients that have left': ['CF10.unsubscribed'],
  'sends no joins': ['CF10.join-leave'],
  'sends no leaves': ['CF10.join-leave'],
  'gives history another code': ['CF10.history'],
  'gives rpc another code': ['CF10.rpc'],
  'closes after a refused channel': ['CF12.stays-open'],
  'omits the message of an error': ['CF12.stays-open'],
  'allows long channels': ['CF15.long-channel'],
  'refuses 255 bytes': ['CF15.long-channel'],
  'cuts large publications': ['CF15.large'],
  'ignores unreadable frames': [...UNREADABLE, 'CF13.final'],
  'closes all clients after an unreadable frame': UNREADABLE,
  'closes unreadable frames with 1003': [...UNREADABLE, 'CF13.final'],
  'serves clients that have not connected': ['CF4.not-connected'],
  'allows a second connect': ['CF4.connects-twice'],
  'never pings': ['CF5.pinged'],
  'never closes silent clients': ['CF5.unanswered'],
  'closes clients that answer pings': ['CF5.pinged'],
};

describeWireCases({ wire: 'Centrifuge', dialect: 'centrifuge', Server: ConformingCentrifuge, faults: FAULTS });
