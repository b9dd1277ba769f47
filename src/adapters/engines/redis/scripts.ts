import { wordsFor } from './keys.ts';

/*
 * What happens in the engine, each as a whole. KEYS[1] is the prefix of a realm. Under it stand:
 *   peers   hash: id -> "node connection digest"        nodes   hash: node -> end of its lease
 *   kept    set of nodes that have kept their lease    done:N  hash: the number of the last errand of node N that was done, and
 *                                                              what was answered to those that N may ask again
 *   mail:ID list of messages for ID                      due     sorted set: ID -> arrival of its oldest message
 *   from:ID hash: addressee -> messages of ID            bytes   hash: what waits for each ID, and "" for all
 * Each script is given the time in ms, '' for the engine's own; the node; the number of the errand, '' for a question; up to
 * which number the node has had its answers; and then what it names itself. An errand that was done already, because its answer
 * was lost or a connection brings late what another one has brought, is not done again: it gets the answer that it had.
 */

const COMMON = `
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
  redis.call('PUBLISH', '${wordsFor('')}' .. node, word)
end
local function seat(id)
  local held = holder(id)
  return held and held.lives and held.node or ''
end
`;

/** How a script becomes one that is done once. */
const ONCE = `
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

/** @param errand what is done, as the body of a function. @param also functions that it calls. */
function script(errand: string, also = ''): string {
  return `${COMMON}${also}local function errand()${errand}end${ONCE}`;
}

/** id, node, connection, digest, lease, limit (0: none), word for who had it -> outcome, node before, connection before */
const CLAIM = script(
  `
local id, node, connection, digest, lease, limit, word = unpack(given)
local held = holder(id)
if held and held.lives and held.digest ~= digest then return { 'taken' } end
if not held and tonumber(limit) > 0 and redis.call('HLEN', p .. 'peers') >= tonumber(limit) then
  local all = redis.call('HGETALL', p .. 'peers')
  local live = 0
  for i = 2, #all, 2 do
    if lives(string.match(all[i], '^%S+')) then live = live + 1 else redis.call('HDEL', p .. 'peers', all[i - 1]) end
  end
  if live >= tonumber(limit) then return { 'full' } end
end
redis.call('HSET', p .. 'peers', id, node .. ' ' .. connection .. ' ' .. digest)
if not lives(node) then redis.call('HSET', p .. 'nodes', node, now + tonumber(lease)) end
if not held or not held.lives then return { 'granted' } end
if held.node ~= node then
  local told = cjson.decode(word)
  told.connection = tonumber(held.connection)
  tell(held.node, cjson.encode(told))
end
return { 'granted', held.node, held.connection }
`,
);

/** id, node, connection, digest, ifFree -> outcome */
const CONFIRM = script(
  `
local id, node, connection, digest, ifFree = unpack(given)
local held = holder(id)
if held then return held.node == node and held.connection == connection and 'held' or 'lost' end
if ifFree ~= '1' then return 'lost' end
redis.call('HSET', p .. 'peers', id, node .. ' ' .. connection .. ' ' .. digest)
return 'held'
`,
);

/** id, node, connection */
const RELEASE = script(
  `
local held = holder(given[1])
if held and held.node == given[2] and held.connection == given[3] then redis.call('HDEL', p .. 'peers', given[1]) end
`,
);

/** node, lease, span after which the dead are forgotten -> outcome, nodes whose claims are to be dropped */
const KEEP = script(
  `
local node, lease, memory = unpack(given)
local outcome = lives(node) and 'kept' or 'lapsed'
if redis.call('SADD', p .. 'kept', node) == 1 then outcome = 'unknown' end
redis.call('HSET', p .. 'nodes', node, now + tonumber(lease))
local answer = { outcome }
local all = redis.call('HGETALL', p .. 'nodes')
for i = 2, #all, 2 do
  if tonumber(all[i]) + tonumber(memory) < now then table.insert(answer, all[i - 1]) end
end
return answer
`,
);

/** node, how many at once -> how many of its claims were dropped: all of the rest, where they are fewer */
const FORGET = script(
  `
local node, batch = given[1], tonumber(given[2])
if lives(node) then return 0 end
local cursor, count = '0', 0
repeat
  local page = redis.call('HSCAN', p .. 'peers', cursor, 'COUNT', batch)
  cursor = page[1]
  for i = 2, #page[2], 2 do
    if count < batch and string.match(page[2][i], '^%S+') == node then
      redis.call('HDEL', p .. 'peers', page[2][i - 1])
      count = count + 1
    end
  end
until cursor == '0' or count >= batch
if count < batch then
  redis.call('HDEL', p .. 'nodes', node)
  redis.call('SREM', p .. 'kept', node)
  redis.call('DEL', p .. 'done:' .. node)
end
return count
`,
);

/** id -> node, or '' */
const LOCATE = script(
  `
return seat(given[1])
`,
);

/** -> ids */
const PRESENT = script(
  `
local all = redis.call('HGETALL', p .. 'peers')
local ids = {}
for i = 2, #all, 2 do
  if lives(string.match(all[i], '^%S+')) then table.insert(ids, all[i - 1]) end
end
return ids
`,
);

const MAIL = `
local function dropped(id, message)
  local from, bytes = message[2], tonumber(message[4])
  if redis.call('HINCRBY', p .. 'from:' .. from, id, -1) <= 0 then redis.call('HDEL', p .. 'from:' .. from, id) end
  redis.call('HINCRBY', p .. 'bytes', '', -bytes)
  if redis.call('HINCRBY', p .. 'bytes', 'of ' .. id, -bytes) <= 0 then redis.call('HDEL', p .. 'bytes', 'of ' .. id) end
end
`;

/**
 * to, from, node and connection of the sender ('' for the broker itself), kind, whether it matters, bytes, payload ('' and
 * no '1' behind it for none), limits: messages, bytes of a mailbox, bytes of the realm, mailboxes of a sender; and the word for
 * the node at which the addressee is seated -> outcome
 */
const PUT = script(
  `
local to, from, node, connection, kind, matters, bytes, payload, has = unpack(given, 1, 9)
local most, mostBytes, mostOfAll, mostOfSender, word = unpack(given, 10, 14)
local at = seat(to)
if node ~= '' then
  local held = holder(from)
  if not held or held.node ~= node or held.connection ~= connection then return 'moved' end
end
if matters ~= '1' and at == '' then return 'unwanted' end
local ofAll = tonumber(redis.call('HGET', p .. 'bytes', '') or '0')
local ofBox = tonumber(redis.call('HGET', p .. 'bytes', 'of ' .. to) or '0')
local size = tonumber(bytes)
local isKnown = redis.call('HEXISTS', p .. 'from:' .. from, to) == 1
if ofAll + size > tonumber(mostOfAll) or ofBox + size > tonumber(mostBytes)
  or redis.call('LLEN', p .. 'mail:' .. to) >= tonumber(most)
  or (not isKnown and redis.call('HLEN', p .. 'from:' .. from) >= tonumber(mostOfSender)) then
  return 'full'
end
redis.call('RPUSH', p .. 'mail:' .. to, cmsgpack.pack({ now, from, kind, bytes, has, payload, matters }))
redis.call('ZADD', p .. 'due', 'NX', now, to)
redis.call('HINCRBY', p .. 'from:' .. from, to, 1)
redis.call('HINCRBY', p .. 'bytes', '', size)
redis.call('HINCRBY', p .. 'bytes', 'of ' .. to, size)
if at ~= '' then tell(at, word) end
return 'held'
`,
  MAIL,
);

/** id, node, connection -> addressees of the taker as one list, then kind, from, has, payload of each message */
const TAKE = script(
  `
local id, node, connection = unpack(given)
local held = holder(id)
if held and held.lives and (held.node ~= node or held.connection ~= connection) then return { {} } end
local entries = redis.call('LRANGE', p .. 'mail:' .. id, 0, -1)
for _, entry in ipairs(entries) do dropped(id, cmsgpack.unpack(entry)) end
redis.call('DEL', p .. 'mail:' .. id)
redis.call('ZREM', p .. 'due', id)
local answer = { redis.call('HKEYS', p .. 'from:' .. id) }
for _, entry in ipairs(entries) do
  local message = cmsgpack.unpack(entry)
  table.insert(answer, message[3])
  table.insert(answer, message[2])
  table.insert(answer, message[5])
  table.insert(answer, message[6])
end
return answer
`,
  MAIL,
);

/** how long a message waits, how many mailboxes at most -> how long until the next is due ('' for none), from, to, from, to, … */
const EXPIRE = script(
  `
local oldest = now - tonumber(given[1])
local told = {}
local answer = {}
for _, id in ipairs(redis.call('ZRANGEBYSCORE', p .. 'due', '-inf', oldest, 'LIMIT', 0, given[2])) do
  while true do
    local entry = redis.call('LINDEX', p .. 'mail:' .. id, 0)
    if not entry then
      redis.call('ZREM', p .. 'due', id)
      break
    end
    local message = cmsgpack.unpack(entry)
    if message[1] > oldest then
      redis.call('ZADD', p .. 'due', message[1], id)
      break
    end
    redis.call('LPOP', p .. 'mail:' .. id)
    dropped(id, message)
    local pair = #id .. ' ' .. id .. message[2]
    if message[7] == '1' and not told[pair] then
      told[pair] = true
      table.insert(answer, message[2])
      table.insert(answer, id)
    end
  end
end
local next = redis.call('ZRANGE', p .. 'due', 0, 0, 'WITHSCORES')
table.insert(answer, 1, next[2] and tostring(math.max(0, tonumber(next[2]) - oldest)) or '')
return answer
`,
  MAIL,
);

/** most -> ids */
const WAITING = script(
  `
return redis.call('ZRANGE', p .. 'due', 0, tonumber(given[1]) - 1)
`,
);

/** channel, word */
const TELL = script(`
redis.call('PUBLISH', given[1], given[2])
`);

export const SCRIPTS = {
  claim: CLAIM,
  confirm: CONFIRM,
  release: RELEASE,
  keep: KEEP,
  forget: FORGET,
  locate: LOCATE,
  present: PRESENT,
  put: PUT,
  take: TAKE,
  expire: EXPIRE,
  waiting: WAITING,
  tell: TELL,
} as const;

export type ScriptName = keyof typeof SCRIPTS;

/** Those that change nothing: they may be run as often as they are asked. */
export const QUESTIONS: ReadonlySet<ScriptName> = new Set(['locate', 'present', 'waiting']);
