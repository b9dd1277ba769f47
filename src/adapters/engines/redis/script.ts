import { nodeChannel } from './keys.ts';

/*
 * Each script is atomic, and reads and writes a bounded part of a realm. KEYS[1] is the prefix of the realm's keys:
 *   peers    hash: id -> "node connection digest"       nodes   hash: node -> end of its lease
 *   claims   hash: node -> number of its claims         lapsed  set: nodes that claimed an id after their lease had ended
 *   pooled   hash, in the pool only: node and realm -> number of its claims in the realm
 *   superseded:N  set: "connection id" of claims of node N that moved to another node during the lease of N
 *   kept     set: nodes that have renewed their lease   done:N  hash: number of the last command of node N that was run, the
 *                                                               last one that Redis may have run and forgotten, and the
 *                                                               replies of the commands that N may retry
 *   formats  sorted set: "version node" -> end of the use of that format version by the node
 *   mail:ID  list: messages for ID                      due     sorted set: ID -> arrival time of its oldest message
 *   from:ID  hash: addressee -> messages of ID          bytes   hash: bytes that wait for each ID, and "" for the realm
 *   numbers  hash: the era of the data, and the count of the last granted claim
 *   restored hash: id -> "node connection era count" of a claim that was stored again after a loss of the data
 *   released:ID  exists in the first time of the era if ID was released in it
 * ARGV: the time in ms ('' for the clock of Redis); the node; the number of the command ('' for a read-only script); the number
 * up to which the node has received all replies; the last number whose reply was lost; then the arguments of the
 * script. Commands are idempotent: a retried or late copy does not run again, and receives the stored reply. If Redis has lost
 * its data, a retried command runs with `isUnknown`: it may have run before.
 */

const PRELUDE = `
local p = KEYS[1]
local now, number, answered, uncertain = tonumber(ARGV[1]), tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local done = p .. 'done:' .. ARGV[2]
local args = { unpack(ARGV, 6) }
if not now then
  local t = redis.call('TIME')
  now = t[1] * 1000 + math.floor(t[2] / 1000)
end
local function isAlive(node)
  local ends = redis.call('HGET', p .. 'nodes', node)
  return ends and tonumber(ends) > now
end
local function holder(id)
  local value = redis.call('HGET', p .. 'peers', id)
  if not value then return nil end
  local node, connection, digest = string.match(value, '^(%S+) (%S+) (%S+)$')
  return { node = node, connection = connection, digest = digest, isAlive = isAlive(node) }
end
local function notify(node, message)
  redis.call('PUBLISH', '${nodeChannel('')}' .. node, message)
end
`;

/** Runs the command of a script once for each number. */
const RUN_ONCE = `
if not number then return command() end
local before = redis.call('HMGET', done, 'last', 'answered', 'forgotten')
if before[1] and number <= tonumber(before[1]) then
  local first = redis.call('HGET', done, number)
  return first and cmsgpack.unpack(first) or {}
end
local forgotten = before[1] and tonumber(before[3] or '0') or uncertain
local reply = command(number <= forgotten) or ''
redis.call('HSET', done, 'last', number, 'answered', answered, number, cmsgpack.pack(reply))
if not before[1] and uncertain > 0 then redis.call('HSET', done, 'forgotten', uncertain) end
for old = tonumber(before[2] or answered) + 1, answered do redis.call('HDEL', done, old) end
return reply
`;

/** @param command the body of a Lua function. @param helpers Lua functions that it calls. */
export function defineScript(command: string, helpers = ''): string {
  return `${PRELUDE}${helpers}local function command(isUnknown)${command}end${RUN_ONCE}`;
}
