/** The reply of a script. Texts are bytes. */
export type Reply = Buffer | number | null | readonly Reply[];

/** The text of a reply, '' for any other type. */
export function textOf(reply: Reply | undefined): string {
  return Buffer.isBuffer(reply) ? reply.toString() : '';
}

/** The list of a reply, empty for any other type. */
export function listOf(reply: Reply | undefined): readonly Reply[] {
  return Array.isArray(reply) ? (reply as readonly Reply[]) : [];
}
