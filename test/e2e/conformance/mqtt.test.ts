import { ConformingMqtt, type MqttFault } from '../../conformance/topics/conforming-mqtt.ts';
import { describeWireCases } from './wire-cases.ts';

const MALFORMED = [
  ...['bad-filter', 'no-filter', 'packet-id-0', 'wrong-flags', 'qos-3', 'topic-with-wildcard', 'not-utf-8', 'type-0'],
  'endless-length',
].map((name) => `MQ12.${name}`);

/** Each fault and the cases that must detect it. */
const FAULTS: Readonly<Record<MqttFault, readonly string[]>> = {
  'grants no subprotocol': ['MQ1.subprotocol'],
  'sends text frames': ['MQ2.binary-frames'],
  'reads each frame by itself': ['MQ3.cut'],
  'reads one packet of each frame': ['MQ3.joined'],
  'claims to keep the session': ['MQ5.connack'],
  'refuses version 5.0': ['MQ5.version-5', 'MQ19.no-local', 'MQ22.properties'],
  'ignores PINGREQ': ['MQ10.ping'],
  'delivers to similar topics': ['MQ13.topic'],
  'delivers nothing': ['MQ13.topic', 'MQ18.order', 'MQ19.own'],
  'reads + as #': ['MQ13.plus'],
  'reads # as +': ['MQ13.hash'],
  'reads a leading + as #': ['MQ13.plus-first'],
  'omits the parent of #': ['MQ13.parent'],
  'acknowledges one filter': ['MQ14.suback'],
  'ignores UNSUBSCRIBE': ['MQ15.unsubscribe'],
  'ignores unknown UNSUBSCRIBE': ['MQ15.never-subscribed'],
  'ignores QoS 1': ['MQ16.qos-1'],
  'publishes QoS 2 again': ['MQ16.qos-2'],
  'cuts large publications': ['MQ18.bytes'],
  'reads payloads as text': ['MQ18.bytes'],
  'reorders publications': ['MQ18.order'],
  'marks live publications as retained': ['MQ18.not-retained'],
  'does not deliver to the publisher': ['MQ19.own'],
  'ignores no-local': ['MQ19.no-local'],
  'retains nothing': ['MQ20.retained'],
  'retains the first publication': ['MQ20.retained'],
  'does not delete retained publications': ['MQ20.deleted'],
  'drops properties': ['MQ22.properties'],
  'serves clients that have not connected': ['MQ7.not-connected'],
  'ignores the name of the protocol': ['MQ7.other-name'],
  'ignores the reserved flag': ['MQ7.reserved-flag'],
  'accepts any version': ['MQ7.version'],
  'accepts any client id': ['MQ7.empty-id'],
  'allows a second CONNECT': ['MQ7.connects-twice'],
  'keeps both clients of an id': ['MQ8.taken-over'],
  'reads behind DISCONNECT': ['MQ11.disconnect'],
  'ignores malformed packets': MALFORMED,
  'closes all clients after a malformed packet': MALFORMED,
  'publishes no will': ['MQ21.will'],
  'publishes every will': ['MQ21.no-will'],
  'delivers to every member': ['MQ25.one-of-share'],
  'delivers to the first member': ['MQ25.one-of-share'],
  'mixes share names': ['MQ25.other-share'],
  'keeps members that unsubscribe': ['MQ25.unsubscribe'],
  'sends retained publications to members': ['MQ25.not-retained'],
  'accepts no-local of members': ['MQ25.no-local'],
};

describeWireCases({ wire: 'MQTT', dialect: 'mqtt', Server: ConformingMqtt, faults: FAULTS });
