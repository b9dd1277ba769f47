import { UNMARKED_VERSION } from '../shared/format-version.ts';
import { defineScript } from './script.ts';

/**
 * version, lease -> 'used', and the version of data that ended nodes have left behind, if it differs; or 'foreign', and the
 * version of the live nodes. Marks the node as a user of its version if no node of another version is alive. A node without
 * a mark is known by its lease. The first write frees memory, so that the mark is renewed also when Redis is out of memory.
 */
const USE_FORMAT = defineScript(
  `
local version, lease = args[1], tonumber(args[2])
local key, own = p .. 'formats', args[1] .. ' ' .. ARGV[2]
redis.call('ZREM', key, own)
local all = redis.call('ZRANGE', key, 0, -1, 'WITHSCORES')
local isMarked, ended, foreign, leftBehind = {}, {}, nil, nil
for i = 1, #all, 2 do
  local other, node = string.match(all[i], '^(%S+) (%S+)$')
  local ends = tonumber(all[i + 1])
  isMarked[node] = true
  if ends > now and other ~= version then foreign = other end
  if ends + lease <= now then
    table.insert(ended, all[i])
    if other ~= version then leftBehind = other end
  end
end
if not foreign and version ~= '${UNMARKED_VERSION}' then
  local nodes = redis.call('HGETALL', p .. 'nodes')
  for i = 1, #nodes, 2 do
    local node = nodes[i]
    if tonumber(nodes[i + 1]) > now and node ~= ARGV[2] and not isMarked[node] then foreign = '${UNMARKED_VERSION}' end
  end
end
if foreign then return { 'foreign', foreign } end
for _, member in ipairs(ended) do redis.call('ZREM', key, member) end
redis.call('ZADD', key, now + lease, own)
return { 'used', leftBehind }
`,
);

export const FORMAT_SCRIPTS = { useFormat: USE_FORMAT } as const;
