/**
 * Keys: revision, log, floors, then one entry hash per subject. Arguments: how many changes the log
 * keeps, then subject and version alternately. Each floor only rises; the log says in which revision
 * it last did. A subject that leaves the log leaves the floors too: that is thousands of changes
 * later, when no fill that read the old version can still be under way. The first revision is the
 * server's time in microseconds: a store that has forgotten everything never repeats a number.
 */
export const raiseScript = `
if redis.call('EXISTS', KEYS[1]) == 0 then
  local time = redis.call('TIME')
  local start = time[1] .. string.format('%06d', time[2])
  redis.call('SET', KEYS[1], start)
  redis.call('SET', KEYS[1] .. ':forgotten', start)
end
local revision = redis.call('INCR', KEYS[1])
local kept = tonumber(ARGV[1])
for i = 2, #ARGV, 2 do
  local subject, version = ARGV[i], tonumber(ARGV[i + 1])
  local floor = tonumber(redis.call('HGET', KEYS[3], subject) or '-1')
  if version > floor then redis.call('HSET', KEYS[3], subject, ARGV[i + 1]) end
  redis.call('ZADD', KEYS[2], revision, subject)
  redis.call('DEL', KEYS[3 + i / 2])
end
local excess = redis.call('ZCARD', KEYS[2]) - kept
if excess > 0 then
  local oldest = redis.call('ZRANGE', KEYS[2], 0, excess - 1, 'WITHSCORES')
  for i = 1, #oldest, 2 do redis.call('HDEL', KEYS[3], oldest[i]) end
  redis.call('ZREMRANGEBYRANK', KEYS[2], 0, excess - 1)
  redis.call('SET', KEYS[1] .. ':forgotten', string.format('%.0f', tonumber(oldest[#oldest])))
end
return revision
`;

/** Keys: revision, log, floors. Argument: the revision the caller knows. */
export const changesScript = `
local revision = tonumber(redis.call('GET', KEYS[1]) or '0')
local known = tonumber(ARGV[1])
local forgotten = tonumber(redis.call('GET', KEYS[1] .. ':forgotten') or '0')
if known < forgotten or known > revision then return { redis.call('GET', KEYS[1]) or '0', 0 } end
local subjects = redis.call('ZRANGEBYSCORE', KEYS[2], '(' .. ARGV[1], '+inf')
local answer = { redis.call('GET', KEYS[1]) or '0', 1 }
for _, subject in ipairs(subjects) do
  answer[#answer + 1] = subject
  answer[#answer + 1] = redis.call('HGET', KEYS[3], subject) or '0'
end
return answer
`;

/**
 * Keys: floors, entry hash, claim. Arguments: subject, facet, version, encoded entry, lifetime in ms.
 * Ends the claim, so that nobody waits for a fill that is over. Returns -1 when kept or when a newer one
 * is there already, else the floor it was below.
 */
export const fillScript = `
redis.call('DEL', KEYS[3])
local version = tonumber(ARGV[3])
local floor = tonumber(redis.call('HGET', KEYS[1], ARGV[1]) or '-1')
if version < floor then return floor end
local stored = redis.call('HGET', KEYS[2], ARGV[2])
if stored then
  local storedVersion = tonumber(string.match(stored, '^%d+') or '-1')
  if storedVersion > version then return -1 end
end
redis.call('HSET', KEYS[2], ARGV[2], ARGV[4])
if redis.call('PTTL', KEYS[2]) < tonumber(ARGV[5]) then
  redis.call('PEXPIRE', KEYS[2], ARGV[5])
end
return -1
`;
