import { defineScript } from './script.ts';

const MAILBOX_COUNTS = `
local function removeFromCounts(id, message)
  local from, bytes = message[2], tonumber(message[4])
  if redis.call('HINCRBY', p .. 'from:' .. from, id, -1) <= 0 then redis.call('HDEL', p .. 'from:' .. from, id) end
  redis.call('HINCRBY', p .. 'bytes', '', -bytes)
  if redis.call('HINCRBY', p .. 'bytes', 'of ' .. id, -bytes) <= 0 then redis.call('HDEL', p .. 'bytes', 'of ' .. id) end
end
`;

/**
 * Arguments: to, from, node and connection of the sender ('' for the broker itself). Kind, '1' if the message matters (M6).
 * Bytes, payload, '1' if there is a payload, proof of the owner ('' for none). Limits: bytes of the realm, messages and bytes of
 * a mailbox, mailboxes of a sender, bytes of the mailbox of a connected peer. Message for the addressee's node.
 *
 * Reply: the outcome, and after 'full' the limit. A message that may have been delivered before Redis lost its data is not put
 * again. The id of a message is the node and the number of the command. A retry after a failover has the same id.
 */
const PUT = defineScript(
  `
if isUnknown then return 'full engine' end
local to, from, node, connection, kind, matters, bytes, payload, has, proof = unpack(args, 1, 10)
local maxRealmBytes, maxMessages, maxBytes, maxMailboxes, maxConnectedBytes, message = unpack(args, 11, 16)
local addressee = holder(to)
local at = addressee and addressee.isAlive and addressee.node or ''
if node ~= '' then
  local owner = holder(from)
  if not owner or owner.node ~= node or owner.connection ~= connection then return 'moved' end
end
if matters ~= '1' and at == '' and (node ~= '' or not addressee) then return 'unwanted' end
local realmBytes = tonumber(redis.call('HGET', p .. 'bytes', '') or '0')
local mailboxBytes = tonumber(redis.call('HGET', p .. 'bytes', 'of ' .. to) or '0')
local size = tonumber(bytes)
if realmBytes + size > tonumber(maxRealmBytes) then return 'full realm' end
if at ~= '' then
  if mailboxBytes > 0 and mailboxBytes + size > tonumber(maxConnectedBytes) then return 'full buffer' end
else
  local isKnown = redis.call('HEXISTS', p .. 'from:' .. from, to) == 1
  if mailboxBytes + size > tonumber(maxBytes) then return 'full bytes' end
  if redis.call('LLEN', p .. 'mail:' .. to) >= tonumber(maxMessages) then return 'full messages' end
  if not isKnown and redis.call('HLEN', p .. 'from:' .. from) >= tonumber(maxMailboxes) then return 'full sender' end
end
redis.call('RPUSH', p .. 'mail:' .. to, cmsgpack.pack({ now, from, kind, bytes, has, payload, matters, proof, ARGV[2] .. ' ' .. ARGV[3] }))
redis.call('ZADD', p .. 'due', 'NX', now, to)
redis.call('HINCRBY', p .. 'from:' .. from, to, 1)
redis.call('HINCRBY', p .. 'bytes', '', size)
redis.call('HINCRBY', p .. 'bytes', 'of ' .. to, size)
if at ~= '' then notify(at, message) end
return 'held'
`,
  MAILBOX_COUNTS,
);

/**
 * Arguments: id, node, connection.
 *
 * Reply: 'moved'; or 'held' or 'free', then one list of addressees with messages of the taker. The fields of each message follow:
 * kind, from, has, payload, proof, waiting time in ms, id. The id is '' for a message of an earlier release.
 *
 * The first write frees memory, so that mailboxes are read also when Redis is out of memory.
 */
const TAKE = defineScript(
  `
local id, node, connection = unpack(args)
local owner = holder(id)
if owner and owner.isAlive and (owner.node ~= node or owner.connection ~= connection) then return 'moved' end
local entries = redis.call('LRANGE', p .. 'mail:' .. id, 0, -1)
redis.call('DEL', p .. 'mail:' .. id)
redis.call('ZREM', p .. 'due', id)
for _, entry in ipairs(entries) do removeFromCounts(id, cmsgpack.unpack(entry)) end
local answer = { owner and 'held' or 'free', redis.call('HKEYS', p .. 'from:' .. id) }
for _, entry in ipairs(entries) do
  local message = cmsgpack.unpack(entry)
  table.insert(answer, message[3])
  table.insert(answer, message[2])
  table.insert(answer, message[5])
  table.insert(answer, message[6])
  table.insert(answer, message[8] or '')
  table.insert(answer, math.max(0, now - message[1]))
  table.insert(answer, message[9] or '')
end
return answer
`,
  MAILBOX_COUNTS,
);

/** The arguments of TAKE, for a connection that has ended -> '' */
const TAKE_NOTHING = defineScript(`
return ''
`);

/**
 * expire timeout in ms, maximum number of messages to check -> time to the next deadline in ms ('' for none), then from, to,
 * proof of the sender for each pair of sender and addressee
 */
const EXPIRE = defineScript(
  `
local oldest = now - tonumber(args[1])
local left = tonumber(args[2])
local reported = {}
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
    removeFromCounts(id, message)
    local proof = message[8] or ''
    local pair = #id .. ' ' .. id .. #proof .. proof .. message[2]
    if message[7] == '1' and not reported[pair] then
      reported[pair] = true
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

/** maximum number of ids -> ids */
const LIST_MAILBOXES = defineScript(
  `
return redis.call('ZRANGE', p .. 'due', 0, tonumber(args[1]) - 1)
`,
);

export const MAILBOX_SCRIPTS = {
  put: PUT,
  take: TAKE,
  takeNothing: TAKE_NOTHING,
  expire: EXPIRE,
  listMailboxes: LIST_MAILBOXES,
} as const;
