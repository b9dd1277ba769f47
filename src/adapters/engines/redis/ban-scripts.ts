import { defineScript } from './script.ts';

/*
 * The keys of the cluster (`CLUSTER` in place of a realm):
 *   bans  hash: id of a ban -> "end ban", the end in ms by the clock of Redis, or "never"
 *   bansRevision  number of changes since the time of the first one in ms, so that a new Redis does not repeat a revision
 */

const LIVE_BANS = `
local bans, revisionKey = p .. 'bans', p .. 'bansRevision'
local function liveBans()
  local all = redis.call('HGETALL', bans)
  local live = {}
  for i = 1, #all, 2 do
    local ends, ban = string.match(all[i + 1], '^(%S+) (.*)$')
    if ends ~= 'never' and tonumber(ends) <= now then redis.call('HDEL', bans, all[i])
    else table.insert(live, { all[i], ends == 'never' and '' or string.format('%d', tonumber(ends) - now), ban }) end
  end
  return live
end
local function change()
  redis.call('SET', revisionKey, string.format('%d', now), 'NX')
  redis.call('INCR', revisionKey)
end
`;

/** id, time to the end in ms or '', ban, limit -> 'done' or 'full' */
const PUT_BAN = defineScript(
  `
local id, endsIn, ban, limit = unpack(args)
if redis.call('HEXISTS', bans, id) == 0 and redis.call('HLEN', bans) >= tonumber(limit) and #liveBans() >= tonumber(limit) then
  return 'full'
end
redis.call('HSET', bans, id, (endsIn == '' and 'never' or string.format('%d', now + tonumber(endsIn))) .. ' ' .. ban)
change()
return 'done'
`,
  LIVE_BANS,
);

/** id -> 'done' */
const REMOVE_BAN = defineScript(
  `
redis.call('HDEL', bans, args[1])
change()
return 'done'
`,
  LIVE_BANS,
);

/** known revision or '' -> 'unchanged'; or 'bans', the revision or '', and a list of { id, time to the end, ban } */
const READ_BANS = defineScript(
  `
local revision = redis.call('GET', revisionKey) or ''
if revision ~= '' and revision == args[1] then return { 'unchanged' } end
return { 'bans', revision, liveBans() }
`,
  LIVE_BANS,
);

/** -> the nodes of a realm with a valid lease */
const LIST_NODES = defineScript(
  `
local alive = {}
for _, node in ipairs(redis.call('HKEYS', p .. 'nodes')) do
  if isAlive(node) then table.insert(alive, node) end
end
return alive
`,
);

export const BAN_SCRIPTS = { putBan: PUT_BAN, removeBan: REMOVE_BAN, readBans: READ_BANS, listNodes: LIST_NODES } as const;
