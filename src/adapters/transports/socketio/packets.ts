/** A packet of Socket.IO up to its JSON, which is read by whoever needs it. */
export interface Packet {
  readonly type: PacketType;
  readonly namespace: string;
  /** What the far end wants its acknowledgement to be called. */
  readonly id: number | undefined;
  /** How many binary packets belong to it. */
  readonly attachments: number;
  /** Where its JSON begins; the end of the text where it has none. */
  readonly start: number;
}

type PacketType = (typeof TYPES)[number];

const TYPES = ['connect', 'disconnect', 'event', 'ack', 'connect-error', 'binary-event', 'binary-ack'] as const;

const HEAD = /(?<type>[0-6])(?<attachments>\d{1,2}-)?(?<namespace>\/[^,]{0,255}(?:,|$))?(?<id>\d{0,15})/y;

/** An event carries one value that may be binary; a client may attach more, which are ignored. */
const MAX_ATTACHMENTS = 10;

/** SIO6: reads the head of the packet that begins at `start`. Undefined for what is no packet. */
export function readPacket(text: string, start: number): Packet | undefined {
  HEAD.lastIndex = start;
  const found = HEAD.exec(text)?.groups;
  if (found === undefined) return undefined;
  const type = TYPES[Number(found['type'])] as PacketType;
  const attachments = Number.parseInt(found['attachments'] ?? '0', 10);
  const isBinary = type === 'binary-event' || type === 'binary-ack';
  if (isBinary !== (found['attachments'] !== undefined) || attachments > MAX_ATTACHMENTS) return undefined;
  const namespace = (found['namespace'] ?? '/').replace(/,$/, '').replace(/\?.*$/s, '');
  const id = found['id'] === '' ? undefined : Number(found['id']);
  return { type, namespace, id, attachments, start: HEAD.lastIndex };
}
