import { nodeChannel } from './keys.ts';

/*
 * Each script runs as a whole, and none reads or writes more than a bounded part of a realm. KEYS[1] is the prefix of a realm:
 *   peers   hash: id -> "node connection digest"        nodes   hash: node -> end of its lease
 *   claims  hash: node -> how many of `peers` are its   lapsed  set of nodes that claimed after their lease had ended
 *   kept    set of nodes that have kept their lease    done:N  hash: the number of the last errand of node N that was done, and
 *                                                              what was answered to those that N may ask again
 *   mail:ID list of messages for ID                      due     sorted set: ID -> arrival of its oldest message
 *   from:ID hash: addressee -> messages of ID            bytes   hash: what waits for each ID, and "" for all
 * Each script is given the time in ms, '' for the engine's own; the node; the number of the errand, '' for a question; up to
 * which number the node has had its answers; and then what it names itself. An errand that was done already, because its answer
 * was lost or a connection brings late what another one has brought, is not done again: it gets the answer that it had.
 */

const PRELUDE = `
local p = KEYS[1]
local now, number, answered = tonumber(ARGV[1]), tonumber(ARGV[3]), tonumber(ARGV[4])
local done = p .. 'done:' .. ARGV[2]
local given = { unpack(ARGV, 5) }
if not now then
  local t = redis.call('TIME')
  now = t[1] * 1000 + math.floor(t[2] / 1000)
end
local function lives(node)
  local ends = redis.call('HGET', p .. 'nodes', node)
  return ends and tonumber(ends) > now
end
local function holder(id)
  local value = redis.call('HGET', p .. 'peers', id)
  if not value then return nil end
  local node, connection, digest = string.match(value, '^(%S+) (%S+) (%S+)$')
  return { node = node, connection = connection, digest = digest, lives = lives(node) }
end
local function tell(node, word)
  redis.call('PUBLISH', '${nodeChannel('')}' .. node, word)
end
`;

/** How a script becomes one that is done once. */
const RUN_ONCE = `
if not number then return errand() end
local before = redis.call('HMGET', done, 'last', 'answered')
if before[1] and number <= tonumber(before[1]) then
  local first = redis.call('HGET', done, number)
  return first and cmsgpack.unpack(first) or {}
end
local reply = errand() or ''
redis.call('HSET', done, 'last', number, 'answered', answered, number, cmsgpack.pack(reply))
for old = tonumber(before[2] or answered) + 1, answered do redis.call('HDEL', done, old) end
return reply
`;

/** @param command what is done, as the body of a function. @param helpers functions that it calls. */
export function defineScript(command: string, helpers = ''): string {
  return `${PRELUDE}${helpers}local function errand()${command}end${RUN_ONCE}`;
}
