import type { Member, MemberList } from '../../../domain/member.ts';
import type { Publication } from '../../../domain/topic.ts';
import { bytesOf, listOf } from '../shared/payload-forms.ts';
import { MAX_CHANNEL_BYTES } from './channels.ts';
import type { CommandError } from './codes.ts';

/** CF5: a ping. */
export const PING = Buffer.from('{}');

const LINE_FEED = 0x0a;
const SPACE = 0x20;
const PUSH_BEGIN = Buffer.from('{"push":{"channel":');
const PUSH_DATA = Buffer.from(',"pub":{"data":');
const PUSH_END = Buffer.from('}}}');

/** CF2: the reply to a command. @param result a JSON object. */
export function reply(id: number, name: string, result: object = {}): Uint8Array {
  return Buffer.from(JSON.stringify({ id, [name]: result }));
}

/** CF12. @param message instead of the words of the error. */
export function errorReply(id: number, { code, message, temporary }: CommandError, text = message): Uint8Array {
  return Buffer.from(JSON.stringify({ id, error: { code, message: text, ...(temporary && { temporary }) } }));
}

/** CF8, CF14, T12: a publication. Undefined for a payload or a channel that the wire can't express. */
export function push(channel: string, publication: Publication): Uint8Array | undefined {
  const data = dataOf(publication);
  if (data === undefined || Buffer.byteLength(channel) > MAX_CHANNEL_BYTES) return undefined;
  return Buffer.concat([PUSH_BEGIN, Buffer.from(JSON.stringify(channel)), PUSH_DATA, data, PUSH_END]);
}

/** CF10: the reply to `presence`. */
export function membersReply(id: number, members: MemberList): Uint8Array {
  const parts: Uint8Array[] = [Buffer.from(`{"id":${id},"presence":{"presence":{`)];
  for (const member of members) {
    parts.push(Buffer.from(`${parts.length > 1 ? ',' : ''}${JSON.stringify(member.client)}:`), infoOf(member));
  }
  return Buffer.concat([...parts, Buffer.from('}}}')]);
}

/** CF10: the reply to `presence_stats`. */
export function statsReply(id: number, members: MemberList): Uint8Array {
  const users = new Set(Array.from(members, ({ user }) => user));
  return reply(id, 'presence_stats', { num_clients: members.size, num_users: users.size });
}

/** CF10: a member has joined or left. */
export function memberPush(channel: string, name: 'join' | 'leave', member: Member): Uint8Array {
  const begin = `{"push":{"channel":${JSON.stringify(channel)},"${name}":{"info":`;
  return Buffer.concat([Buffer.from(begin), infoOf(member), Buffer.from('}}}')]);
}

function infoOf({ user, client, payload }: Member): Uint8Array {
  const info = Buffer.from(JSON.stringify({ user, client }));
  if (payload === undefined) return info;
  return Buffer.concat([info.subarray(0, -1), Buffer.from(',"chan_info":'), onOneLine(payload), Buffer.from('}')]);
}

/** CF1: several messages in one frame. Undefined for none. */
export function inOneFrame(messages: readonly Uint8Array[]): Uint8Array | undefined {
  if (messages.length === 0) return undefined;
  const separator = Uint8Array.of(LINE_FEED);
  return Buffer.concat(messages.flatMap((message, at) => (at === 0 ? [message] : [separator, message])));
}

/** CF14: JSON as it was published, and bytes as a list of numbers. */
function dataOf(publication: Publication): Uint8Array | undefined {
  if (publication.form === 'json') return onOneLine(publication.payload);
  const bytes = bytesOf(publication);
  return bytes && listOf(bytes);
}

/** W9: a line feed in JSON is between two tokens. Here, it would begin a new message. */
function onOneLine(json: Uint8Array): Uint8Array {
  return json.includes(LINE_FEED) ? json.map((byte) => (byte === LINE_FEED ? SPACE : byte)) : json;
}
