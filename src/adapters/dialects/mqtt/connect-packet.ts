import { FieldReader } from './fields.ts';
import { isName } from './filters.ts';
import type { RawPacket } from './packet-stream.ts';
import { hasValidResponse, TYPES, type Message, type Version } from './packets.ts';
import { ALLOWED, numberIn, PROPERTIES, readProperties, type Properties } from './properties.ts';

/** MQ4: the content of CONNECT. */
export interface ConnectPacket {
  readonly version: Version;
  readonly clientId: string;
  readonly isClean: boolean;
  /** Seconds; 0 for none. */
  readonly keepAlive: number;
  readonly will: Message | undefined;
  /** Undefined if it is absent or empty. */
  readonly password: string | undefined;
  /** MQ6: whether the client wants an authentication method of version 5.0. */
  readonly hasMethod: boolean;
  /** Whether the client asks for a time in which it may take up its subscriptions again. */
  readonly keepsSubscriptions: boolean;
  /** The largest packet that the client takes; undefined for any. */
  readonly maxPacketBytes: number | undefined;
}

const FLAG = { user: 0x80, password: 0x40, willRetain: 0x20, will: 0x04, clean: 0x02, reserved: 0x01 } as const;
const OLD_NAME = 'MQIsdp';
const NAME = 'MQTT';

/** MQ7: reads the first packet. @returns `version` for a version that is not served; undefined for anything else. */
export function readConnect({ header, body }: RawPacket): ConnectPacket | 'version' | undefined {
  if (header !== TYPES.connect << 4) return undefined;
  const fields = new FieldReader(body);
  const name = fields.text();
  const level = fields.byte();
  if (fields.isBroken || (name !== NAME && name !== OLD_NAME)) return undefined;
  if (name === OLD_NAME || (level !== 4 && level !== 5)) return 'version';
  return readFields(fields, level);
}

function readFields(fields: FieldReader, version: Version): ConnectPacket | undefined {
  const flags = fields.byte();
  const keepAlive = fields.uint16();
  if (fields.isBroken || !areValid(flags, version)) return undefined;
  const properties = version === 5 ? readProperties(fields, ALLOWED.connect) : undefined;
  if (typeof properties === 'number') return undefined;
  const clientId = fields.text();
  const will = (flags & FLAG.will) === 0 ? undefined : readWill(fields, flags, version);
  if (typeof will === 'number') return undefined;
  if ((flags & FLAG.user) !== 0) fields.text();
  const password = (flags & FLAG.password) === 0 ? undefined : fields.binary();
  if (!fields.isComplete) return undefined;
  const isClean = (flags & FLAG.clean) !== 0;
  return {
    ...{ version, clientId, isClean, keepAlive, will },
    password: password === undefined || password.length === 0 ? undefined : Buffer.from(password).toString(),
    hasMethod: properties?.values.has(PROPERTIES.authenticationMethod) === true,
    keepsSubscriptions: (numberOf(properties, PROPERTIES.sessionExpiry) ?? 0) > 0,
    maxPacketBytes: numberOf(properties, PROPERTIES.maxPacketSize),
  };
}

function areValid(flags: number, version: Version): boolean {
  const willQuality = (flags >> 3) & 3;
  const hasWill = (flags & FLAG.will) !== 0;
  if ((flags & FLAG.reserved) !== 0 || willQuality === 3) return false;
  if (!hasWill && (willQuality !== 0 || (flags & FLAG.willRetain) !== 0)) return false;
  return version === 5 || (flags & FLAG.password) === 0 || (flags & FLAG.user) !== 0;
}

/** MQ21. @returns a number if it is invalid. */
function readWill(fields: FieldReader, flags: number, version: Version): Message | number {
  const properties = version === 5 ? readProperties(fields, ALLOWED.will) : undefined;
  if (typeof properties === 'number') return properties;
  const topic = fields.text();
  const payload = fields.binary();
  if (!isName(topic) || !hasValidResponse(properties)) return -1;
  return { topic, payload, isRetained: (flags & FLAG.willRetain) !== 0, properties };
}

function numberOf(properties: Properties | undefined, id: number): number | undefined {
  return properties && numberIn(properties, id);
}
