import { defineScript } from './script.ts';

const CLAIM_COUNTS = `
local function count(node, by)
  if redis.call('HINCRBY', p .. 'claims', node, by) <= 0 then redis.call('HDEL', p .. 'claims', node) end
end
local function seats(id, node, connection, digest, before)
  redis.call('HSET', p .. 'peers', id, node .. ' ' .. connection .. ' ' .. digest)
  if before and before.node == node then return end
  if before then count(before.node, -1) end
  count(node, 1)
end
local function present()
  local count = redis.call('HLEN', p .. 'peers')
  local all = redis.call('HGETALL', p .. 'claims')
  for i = 2, #all, 2 do
    if not lives(all[i - 1]) then count = count - tonumber(all[i]) end
  end
  return count
end
`;

/** id, node, connection, digest, lease, limit (0: none), word for the last holder -> outcome, its node, its connection */
const CLAIM = defineScript(
  `
local id, node, connection, digest, lease, limit, word = unpack(given)
local held = holder(id)
if held and held.lives and held.digest ~= digest then return { 'taken' } end
limit = tonumber(limit)
if not held and limit > 0 and redis.call('HLEN', p .. 'peers') >= limit and present() >= limit then return { 'full' } end
seats(id, node, connection, digest, held)
if not lives(node) then
  if redis.call('HEXISTS', p .. 'nodes', node) == 1 then redis.call('SADD', p .. 'lapsed', node) end
  redis.call('HSET', p .. 'nodes', node, now + tonumber(lease))
end
if held and held.node ~= node then
  local told = cjson.decode(word)
  told.connection = tonumber(held.connection)
  tell(held.node, cjson.encode(told))
end
if not held or not held.lives then return { 'granted' } end
return { 'granted', held.node, held.connection }
`,
  CLAIM_COUNTS,
);

/** id, node, connection, digest, ifFree -> outcome */
const CONFIRM = defineScript(
  `
local id, node, connection, digest, ifFree = unpack(given)
local held = holder(id)
if held then return held.node == node and held.connection == connection and 'held' or 'lost' end
if ifFree ~= '1' then return 'lost' end
seats(id, node, connection, digest)
return 'held'
`,
  CLAIM_COUNTS,
);

/** id, node, connection */
const RELEASE = defineScript(
  `
local held = holder(given[1])
if not held or held.node ~= given[2] or held.connection ~= given[3] then return end
redis.call('HDEL', p .. 'peers', given[1])
count(held.node, -1)
`,
  CLAIM_COUNTS,
);

/**
 * node, lease, time after which dead nodes are forgotten -> outcome, nodes to forget. The first write frees memory, so that a
 * Redis without memory still renews leases.
 */
const RENEW = defineScript(
  `
local node, lease, memory = unpack(given)
local hasLapsed = redis.call('SREM', p .. 'lapsed', node) == 1 or not lives(node)
local outcome = hasLapsed and 'lapsed' or 'kept'
if redis.call('SADD', p .. 'kept', node) == 1 then outcome = 'unknown' end
redis.call('HSET', p .. 'nodes', node, now + tonumber(lease))
local answer = { outcome }
local isFirst = true
local all = redis.call('HGETALL', p .. 'nodes')
for i = 2, #all, 2 do
  local other, ends = all[i - 1], tonumber(all[i])
  if ends > now and other < node then isFirst = false end
  if ends + tonumber(memory) < now then table.insert(answer, other) end
end
return isFirst and answer or { outcome }
`,
);

/** node, cursor, about how many entries to look at -> the next cursor; '0' when all claims of the node were dropped */
const REMOVE_NODE = defineScript(
  `
local node = given[1]
if lives(node) then return '0' end
local page = redis.call('HSCAN', p .. 'peers', given[2], 'COUNT', given[3])
for i = 2, #page[2], 2 do
  if string.match(page[2][i], '^%S+') == node then redis.call('HDEL', p .. 'peers', page[2][i - 1]) count(node, -1) end
end
if page[1] == '0' then
  redis.call('HDEL', p .. 'nodes', node)
  redis.call('HDEL', p .. 'claims', node)
  redis.call('SREM', p .. 'kept', node)
  redis.call('SREM', p .. 'lapsed', node)
  redis.call('DEL', p .. 'done:' .. node)
end
return page[1]
`,
  CLAIM_COUNTS,
);

/** id -> node, or '' */
const LOCATE = defineScript(
  `
local held = holder(given[1])
return held and held.lives and held.node or ''
`,
);

/** cursor, about how many entries to look at -> the next cursor ('0' at the end), ids: some of them twice in several calls */
const LIST_PEERS = defineScript(
  `
local page = redis.call('HSCAN', p .. 'peers', given[1], 'COUNT', given[2])
local alive = {}
local answer = { page[1] }
for i = 2, #page[2], 2 do
  local node = string.match(page[2][i], '^%S+')
  if alive[node] == nil then alive[node] = lives(node) and true or false end
  if alive[node] then table.insert(answer, page[2][i - 1]) end
end
return answer
`,
);

export const DIRECTORY_SCRIPTS = {
  claim: CLAIM,
  confirm: CONFIRM,
  release: RELEASE,
  keep: RENEW,
  forget: REMOVE_NODE,
  locate: LOCATE,
  present: LIST_PEERS,
} as const;
