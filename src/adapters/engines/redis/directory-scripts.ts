import { defineScript } from './script.ts';

/** Claims of a node that has been dead for this number of leases are removed. */
export const RETENTION_LEASES = 20;

/** After a loss of the data, nodes claim their ids again in this number of leases. A later node is an exception. */
const RECLAIM_LEASES = 10;

const CLAIM_COUNTS = `
local function realmOf(id)
  return string.match(id, '^([^\\n]*)\\n')
end
local function addTo(key, field, by)
  if redis.call('HINCRBY', key, field, by) <= 0 then redis.call('HDEL', key, field) end
end
local function addToCount(id, node, by)
  addTo(p .. 'claims', node, by)
  local realm = realmOf(id)
  if realm then addTo(p .. 'pooled', node .. '\\n' .. realm, by) end
end
local function setOwner(id, node, connection, digest, before)
  redis.call('HSET', p .. 'peers', id, node .. ' ' .. connection .. ' ' .. digest)
  if before and before.node == node then return end
  if before then addToCount(id, before.node, -1) end
  addToCount(id, node, 1)
end
local function notifySuperseded(id, owner, node, message)
  if not owner or owner.node == node then return end
  if owner.isAlive then redis.call('SADD', p .. 'superseded:' .. owner.node, owner.connection .. ' ' .. id) end
  local superseded = cjson.decode(message)
  superseded.connection = tonumber(owner.connection)
  notify(owner.node, cjson.encode(superseded))
end
local function activeCount(id)
  local realm = realmOf(id)
  if realm then
    local count = 0
    for _, node in ipairs(redis.call('HKEYS', p .. 'nodes')) do
      if isAlive(node) then count = count + tonumber(redis.call('HGET', p .. 'pooled', node .. '\\n' .. realm) or '0') end
    end
    return count
  end
  local count = redis.call('HLEN', p .. 'peers')
  local all = redis.call('HGETALL', p .. 'claims')
  for i = 2, #all, 2 do
    if not isAlive(all[i - 1]) then count = count - tonumber(all[i]) end
  end
  return count
end
local function outcomeOf(id, owner, digest, limit)
  if owner and owner.isAlive and owner.digest ~= digest then return 'taken' end
  if not owner and limit > 0 and redis.call('HLEN', p .. 'peers') >= limit and activeCount(id) >= limit then return 'full' end
  return 'granted'
end
`;

/**
 * id, node, connection, digest, lease, limit (0: none), message for the previous owner -> outcome, era and count of the claim,
 * node and connection of the previous owner
 */
const CLAIM = defineScript(
  `
local id, node, connection, digest, lease, limit, message = unpack(args)
local owner = holder(id)
local outcome = outcomeOf(id, owner, digest, tonumber(limit))
if outcome ~= 'granted' then return { outcome } end
setOwner(id, node, connection, digest, owner)
if not isAlive(node) then
  if redis.call('HEXISTS', p .. 'nodes', node) == 1 then redis.call('SADD', p .. 'lapsed', node) end
  redis.call('HSET', p .. 'nodes', node, now + tonumber(lease))
end
notifySuperseded(id, owner, node, message)
local claims = redis.call('HINCRBY', p .. 'numbers', 'count', 1)
if claims == 1 then redis.call('HSET', p .. 'numbers', 'era', node .. '@' .. now) end
local era, count = redis.call('HGET', p .. 'numbers', 'era'), string.format('%d', claims)
if not owner or not owner.isAlive then return { 'granted', era, count } end
return { 'granted', era, count, owner.node, owner.connection }
`,
  CLAIM_COUNTS,
);

/** id, digest, limit (0: none) -> the outcome that a claim would have */
const CHECK = defineScript(
  `
return outcomeOf(args[1], holder(args[1]), args[2], tonumber(args[3]))
`,
  CLAIM_COUNTS,
);

/** id, node, connection, digest, ifFree, era and count of the claim ('' for none), message for the previous owner -> outcome */
const CONFIRM = defineScript(
  `
local id, node, connection, digest, ifFree, era, count, message = unpack(args)
local owner = holder(id)
if owner and owner.node == node and owner.connection == connection then return 'held' end
if ifFree ~= '1' then return 'lost' end
local isOfEarlierEra = era ~= '' and era ~= redis.call('HGET', p .. 'numbers', 'era')
if not owner and isOfEarlierEra and redis.call('EXISTS', p .. 'released:' .. id) == 1 then return 'lost' end
if owner then
  local restored = redis.call('HGET', p .. 'restored', id) or ''
  local prefix = owner.node .. ' ' .. owner.connection .. ' ' .. era .. ' '
  if era == '' or string.sub(restored, 1, #prefix) ~= prefix then return 'lost' end
  if tonumber(string.sub(restored, #prefix + 1)) >= tonumber(count) then return 'lost' end
end
setOwner(id, node, connection, digest, owner)
if era ~= '' then redis.call('HSET', p .. 'restored', id, table.concat({ node, connection, era, count }, ' ')) end
notifySuperseded(id, owner, node, message)
return 'held'
`,
  CLAIM_COUNTS,
);

/**
 * id, node, connection, digest, lease: the first arguments of CLAIM, because a late claim runs as a release. In the time in which
 * nodes claim their ids again after a loss of the data, a released id is marked. All marks end with that time.
 */
const RELEASE = defineScript(
  `
local id, node, connection, _, lease = unpack(args)
local owner = holder(id)
if not owner or owner.node ~= node or owner.connection ~= connection then return end
redis.call('HDEL', p .. 'peers', id)
redis.call('HDEL', p .. 'restored', id)
addToCount(id, node, -1)
local startedAt = string.match(redis.call('HGET', p .. 'numbers', 'era') or '', '@(%d+)$')
local left = (startedAt or 0) + tonumber(lease) * ${RECLAIM_LEASES} - now
if left > 0 then redis.call('SET', p .. 'released:' .. id, '', 'PX', left) end
`,
  CLAIM_COUNTS,
);

/**
 * node, lease, retention of dead nodes in ms, maximum number of superseded claims -> outcome, superseded claims ("connection
 * id"), dead nodes to remove (for the leader only). The first write frees memory, so that leases are renewed also when Redis is
 * out of memory.
 */
const RENEW = defineScript(
  `
local node, lease, retention, maxSuperseded = unpack(args)
local hasLapsed = redis.call('SREM', p .. 'lapsed', node) == 1 or not isAlive(node)
local outcome = hasLapsed and 'lapsed' or 'kept'
if redis.call('SADD', p .. 'kept', node) == 1 then outcome = 'unknown' end
redis.call('HSET', p .. 'nodes', node, now + tonumber(lease))
local superseded = redis.call('SPOP', p .. 'superseded:' .. node, maxSuperseded)
local answer = { outcome, superseded }
local isLeader = true
local all = redis.call('HGETALL', p .. 'nodes')
for i = 2, #all, 2 do
  local other, ends = all[i - 1], tonumber(all[i])
  if ends > now and other < node then isLeader = false end
  if ends + tonumber(retention) < now then table.insert(answer, other) end
end
return isLeader and answer or { outcome, superseded }
`,
);

/** node, cursor, scan count -> the next cursor; '0' when all claims of the node are removed */
const REMOVE_NODE = defineScript(
  `
local node = args[1]
if isAlive(node) then return '0' end
local page = redis.call('HSCAN', p .. 'peers', args[2], 'COUNT', args[3])
for i = 2, #page[2], 2 do
  if string.match(page[2][i], '^%S+') == node then
    redis.call('HDEL', p .. 'peers', page[2][i - 1])
    redis.call('HDEL', p .. 'restored', page[2][i - 1])
    addToCount(page[2][i - 1], node, -1)
  end
end
if page[1] == '0' then
  redis.call('HDEL', p .. 'nodes', node)
  redis.call('HDEL', p .. 'claims', node)
  redis.call('SREM', p .. 'kept', node)
  redis.call('SREM', p .. 'lapsed', node)
  redis.call('UNLINK', p .. 'done:' .. node, p .. 'superseded:' .. node)
end
return page[1]
`,
  CLAIM_COUNTS,
);

/** id -> node, or '' */
const LOCATE = defineScript(
  `
local owner = holder(args[1])
return owner and owner.isAlive and owner.node or ''
`,
);

/** cursor, scan count -> the next cursor ('0' at the end), ids. Several calls may return an id twice. */
const LIST_PEERS = defineScript(
  `
local page = redis.call('HSCAN', p .. 'peers', args[1], 'COUNT', args[2])
local aliveNodes = {}
local answer = { page[1] }
for i = 2, #page[2], 2 do
  local node = string.match(page[2][i], '^%S+')
  if aliveNodes[node] == nil then aliveNodes[node] = isAlive(node) and true or false end
  if aliveNodes[node] then table.insert(answer, page[2][i - 1]) end
end
return answer
`,
);

export const DIRECTORY_SCRIPTS = {
  claim: CLAIM,
  check: CHECK,
  confirm: CONFIRM,
  release: RELEASE,
  renew: RENEW,
  removeNode: REMOVE_NODE,
  locate: LOCATE,
  listPeers: LIST_PEERS,
} as const;
