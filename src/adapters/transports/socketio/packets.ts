/** The head of a Socket.IO packet. Its JSON is parsed later. */
export interface Packet {
  readonly type: PacketType;
  readonly namespace: string;
  /** The id that the client expects in the acknowledgement. */
  readonly id: number | undefined;
  /** The number of binary packets that belong to it. */
  readonly attachments: number;
  /** The position of its JSON; the end of the text if it has none. */
  readonly start: number;
}

type PacketType = (typeof TYPES)[number];

const TYPES = ['connect', 'disconnect', 'event', 'ack', 'connect-error', 'binary-event', 'binary-ack'] as const;

const HEAD = /(?<type>[0-6])(?<attachments>\d{1,2}-)?(?<namespace>\/[^,]{0,255}(?:,|$))?(?<id>\d{0,15})/y;

/** An event has one value that may be binary; further attachments are ignored. */
const MAX_ATTACHMENTS = 10;

/** SIO6: parses the head of the packet at `start`. Undefined for any other text. */
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
