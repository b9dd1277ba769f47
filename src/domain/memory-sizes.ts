/*
 * Memory costs of the broker's data in V8, in bytes of heap and external memory.
 *
 * Measured on Node 20 (64 bits): heapUsed + external after four full collections, divided by the number of entries, for
 * 20,000 to 200,000 entries and for sizes just above a power of two, where hash tables have doubled. Each constant is the
 * largest value, rounded up. Texts are counted separately, by `textBytes`.
 */

/** A held message that is alone in its mailbox and the only one of its sender: 910 with a payload, without its texts. */
export const HELD_MESSAGE_BYTES = 928;

/** A publication in a history: 470 with one topic, without its texts. */
export const KEPT_PUBLICATION_BYTES = 512;

/** A retained publication: 592 with an extra of its wire, without its texts and the bytes of the extra. */
export const RETAINED_PUBLICATION_BYTES = 600;

/** The first subscription of a connection: 678 with the tables of the connection and of the topic. */
export const FIRST_SUBSCRIPTION_BYTES = 688;

/** Each further subscription of a connection: 298, if the topic has no other subscriber. */
export const SUBSCRIPTION_BYTES = 304;

/** MQ19: a subscription by name that is no-local: 154 with the table of the connection, if it is the only one. */
export const NO_LOCAL_BYTES = 160;

/** T19: a member of a room: 448 with the headers of its texts and its payload, without their characters and bytes. */
export const MEMBER_BYTES = 456;

/** T19: a client in a room, as a member or a watcher: 415, if the room has no other client. */
export const ROOM_CLIENT_BYTES = 416;

/** T19: the rooms of a client: 213 with the table of the client. */
export const CLIENT_ROOMS_BYTES = 216;

/** A byte array with its buffer, without its bytes: 208. */
export const BUFFER_BYTES = 208;

/** A queued frame or text: 258 with its byte array and its list entry, without its bytes. */
export const QUEUED_FRAME_BYTES = 272;

const STRING_HEADER_BYTES = 16;
const TWO_BYTES = /[^\u0000-\u00ff]/;

/** Size of a text: one byte for each character, or two if any is beyond U+00FF; rounded up to a multiple of eight. */
export function textBytes(text: string): number {
  const bytes = TWO_BYTES.test(text) ? 2 * text.length : text.length;
  return STRING_HEADER_BYTES + 8 * Math.ceil(bytes / 8);
}
