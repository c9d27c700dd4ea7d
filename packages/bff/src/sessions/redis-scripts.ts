/** Moves the end of an index so that it covers the record, and never back. */
const extend = `
local function extend(index, at)
  if redis.call('PTTL', index) < 0 then redis.call('PEXPIREAT', index, at)
  else redis.call('PEXPIREAT', index, at, 'GT') end
end`

/** KEYS: record. ARGV: version, data, end in ms, version that must be there or '', names of indexes as JSON. */
export const write: string = `${extend}
local now = redis.call('HGET', KEYS[1], 'v')
if now == ARGV[1] then return 1 end
if ARGV[4] ~= '' and (now or '0') ~= ARGV[4] then return 0 end
redis.call('HSET', KEYS[1], 'v', ARGV[1], 'd', ARGV[2], 'e', ARGV[3], 'i', ARGV[5])
redis.call('PEXPIREAT', KEYS[1], ARGV[3])
for _, index in ipairs(cjson.decode(ARGV[5])) do
  redis.call('SADD', index, KEYS[1])
  extend(index, ARGV[3])
end
return 1`

/** KEYS: record. ARGV: end in ms. */
export const touch: string = `${extend}
local indexes = redis.call('HGET', KEYS[1], 'i')
if not indexes then return 0 end
redis.call('HSET', KEYS[1], 'e', ARGV[1])
redis.call('PEXPIREAT', KEYS[1], ARGV[1])
for _, index in ipairs(cjson.decode(indexes)) do extend(index, ARGV[1]) end
return 1`

/** KEYS: record. ARGV: version that must be there or ''. */
export const remove: string = `
local record = redis.call('HMGET', KEYS[1], 'v', 'i')
if not record[1] or (ARGV[1] ~= '' and record[1] ~= ARGV[1]) then return 0 end
for _, index in ipairs(cjson.decode(record[2])) do redis.call('SREM', index, KEYS[1]) end
return redis.call('DEL', KEYS[1])`

/** KEYS: index. A member may be another record by now, or none. */
export const removeAll: string = `
local count = 0
for _, key in ipairs(redis.call('SMEMBERS', KEYS[1])) do
  local indexes = redis.call('HGET', key, 'i')
  local found = false
  for _, index in ipairs(indexes and cjson.decode(indexes) or {}) do found = found or index == KEYS[1] end
  if found then
    for _, index in ipairs(cjson.decode(indexes)) do redis.call('SREM', index, key) end
    count = count + redis.call('DEL', key)
  end
end
redis.call('DEL', KEYS[1])
return count`

/** KEYS: lock. ARGV: holder, lease in ms. Gives '' for the holder, else the sign of life of another. */
export const acquire: string = `
local lock = redis.call('HMGET', KEYS[1], 'holder', 'beat')
if lock[1] and lock[1] ~= ARGV[1] then return lock[1] .. ' ' .. lock[2] end
redis.call('HSET', KEYS[1], 'holder', ARGV[1], 'beat', lock[2] or '0')
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return ''`

/** KEYS: lock. ARGV: holder, lease in ms, sign of life of the holder before. */
export const takeOver: string = `
local lock = redis.call('HMGET', KEYS[1], 'holder', 'beat')
if lock[1] and lock[1] ~= ARGV[1] and lock[1] .. ' ' .. lock[2] ~= ARGV[3] then return 0 end
redis.call('HSET', KEYS[1], 'holder', ARGV[1], 'beat', '0')
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1`

/** KEYS: lock. ARGV: holder, lease in ms. */
export const renew: string = `
if redis.call('HGET', KEYS[1], 'holder') ~= ARGV[1] then return 0 end
redis.call('HINCRBY', KEYS[1], 'beat', 1)
return redis.call('PEXPIRE', KEYS[1], ARGV[2])`

/** KEYS: lock. ARGV: holder. */
export const release: string = `
if redis.call('HGET', KEYS[1], 'holder') ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])`
