/** MQ14 to MQ16: the acknowledgement that answers a request. */
export type Acknowledgement = 'puback' | 'pubrec' | 'suback' | 'unsuback';

const KINDS: readonly Acknowledgement[] = ['puback', 'pubrec', 'suback', 'unsuback'];
const IDS = 65_536;

/** The number of a request is made of a serial number, the packet id and the acknowledgement. */
export function receiptOf(serial: number, id: number, kind: Acknowledgement): number {
  return (serial * IDS + id) * KINDS.length + KINDS.indexOf(kind);
}

export function requestOf(receipt: number): { readonly id: number; readonly kind: Acknowledgement } {
  return { id: Math.floor(receipt / KINDS.length) % IDS, kind: KINDS[receipt % KINDS.length] ?? 'puback' };
}

/** Serial numbers begin again before the number of a request is no safe integer. A frame has fewer requests. */
export const MAX_SERIAL = 2 ** 34;
