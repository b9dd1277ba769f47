import { defineScript } from './script.ts';

const MAILBOX_COUNTS = `
local function dropped(id, message)
  local from, bytes = message[2], tonumber(message[4])
  if redis.call('HINCRBY', p .. 'from:' .. from, id, -1) <= 0 then redis.call('HDEL', p .. 'from:' .. from, id) end
  redis.call('HINCRBY', p .. 'bytes', '', -bytes)
  if redis.call('HINCRBY', p .. 'bytes', 'of ' .. id, -bytes) <= 0 then redis.call('HDEL', p .. 'bytes', 'of ' .. id) end
end
`;

/**
 * to, from, node and connection of the sender ('' for the broker itself), kind, whether it matters, bytes, payload ('' and
 * no '1' behind it for none), proof of the owner ('' for none); limits: bytes of the realm, messages and bytes of a mailbox,
 * mailboxes of a sender, and bytes of a mailbox whose peer is connected; and the word for the node of the addressee -> outcome
 */
const PUT = defineScript(
  `
local to, from, node, connection, kind, matters, bytes, payload, has, proof = unpack(given, 1, 10)
local mostOfAll, most, mostBytes, mostOfSender, mostOfSeated, word = unpack(given, 11, 16)
local addressee = holder(to)
local at = addressee and addressee.lives and addressee.node or ''
if node ~= '' then
  local held = holder(from)
  if not held or held.node ~= node or held.connection ~= connection then return 'moved' end
end
if matters ~= '1' and at == '' and (node ~= '' or not addressee) then return 'unwanted' end
local ofAll = tonumber(redis.call('HGET', p .. 'bytes', '') or '0')
local ofBox = tonumber(redis.call('HGET', p .. 'bytes', 'of ' .. to) or '0')
local size = tonumber(bytes)
if ofAll + size > tonumber(mostOfAll) then return 'full' end
if at ~= '' then
  if ofBox > 0 and ofBox + size > tonumber(mostOfSeated) then return 'full' end
else
  local isKnown = redis.call('HEXISTS', p .. 'from:' .. from, to) == 1
  if ofBox + size > tonumber(mostBytes) or redis.call('LLEN', p .. 'mail:' .. to) >= tonumber(most)
    or (not isKnown and redis.call('HLEN', p .. 'from:' .. from) >= tonumber(mostOfSender)) then
    return 'full'
  end
end
redis.call('RPUSH', p .. 'mail:' .. to, cmsgpack.pack({ now, from, kind, bytes, has, payload, matters, proof }))
redis.call('ZADD', p .. 'due', 'NX', now, to)
redis.call('HINCRBY', p .. 'from:' .. from, to, 1)
redis.call('HINCRBY', p .. 'bytes', '', size)
redis.call('HINCRBY', p .. 'bytes', 'of ' .. to, size)
if at ~= '' then tell(at, word) end
return 'held'
`,
  MAILBOX_COUNTS,
);

/**
 * id, node, connection -> 'moved'; or addressees of the taker as one list, then kind, from, has, payload, proof of each message.
 * The first write frees memory, so that a Redis without memory still hands out mail.
 */
const TAKE = defineScript(
  `
local id, node, connection = unpack(given)
local held = holder(id)
if held and held.lives and (held.node ~= node or held.connection ~= connection) then return 'moved' end
local entries = redis.call('LRANGE', p .. 'mail:' .. id, 0, -1)
redis.call('DEL', p .. 'mail:' .. id)
redis.call('ZREM', p .. 'due', id)
for _, entry in ipairs(entries) do dropped(id, cmsgpack.unpack(entry)) end
local answer = { redis.call('HKEYS', p .. 'from:' .. id) }
for _, entry in ipairs(entries) do
  local message = cmsgpack.unpack(entry)
  table.insert(answer, message[3])
  table.insert(answer, message[2])
  table.insert(answer, message[5])
  table.insert(answer, message[6])
  table.insert(answer, message[8] or '')
end
return answer
`,
  MAILBOX_COUNTS,
);

/**
 * how long a message waits, how many messages to look at at most -> how long until the next is due ('' for none), and of each
 * pair of sender and addressee: from, to, proof of the sender
 */
const EXPIRE = defineScript(
  `
local oldest = now - tonumber(given[1])
local left = tonumber(given[2])
local told = {}
local answer = {}
while left > 0 do
  local id = redis.call('ZRANGEBYSCORE', p .. 'due', '-inf', oldest, 'LIMIT', 0, 1)[1]
  if not id then break end
  while left > 0 do
    left = left - 1
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
    local proof = message[8] or ''
    local pair = #id .. ' ' .. id .. #proof .. proof .. message[2]
    if message[7] == '1' and not told[pair] then
      told[pair] = true
      table.insert(answer, message[2])
      table.insert(answer, id)
      table.insert(answer, proof)
    end
  end
end
local next = redis.call('ZRANGE', p .. 'due', 0, 0, 'WITHSCORES')
table.insert(answer, 1, next[2] and tostring(math.max(0, tonumber(next[2]) - oldest)) or '')
return answer
`,
  MAILBOX_COUNTS,
);

/** most -> ids */
const LIST_MAILBOXES = defineScript(
  `
return redis.call('ZRANGE', p .. 'due', 0, tonumber(given[1]) - 1)
`,
);

export const MAILBOX_SCRIPTS = { put: PUT, take: TAKE, expire: EXPIRE, waiting: LIST_MAILBOXES } as const;
