-- ARGV: epoch, seq, last, limit, process, number of this commit, seq after it, until when it may happen,
-- rows, how many commits the log keeps, whether the next turn is asked for, for how long a turn lasts, channel.
local word = standing(ARGV[1], ARGV[2], ARGV[3])
if word ~= 'ok' then return answer(word) end
local no = redis.call('HGET', KEYS[1], 'no:' .. ARGV[5])
if no then
  if tonumber(no) >= tonumber(ARGV[6]) then return answer('refused') end
  redis.call('HDEL', KEYS[1], 'no:' .. ARGV[5])
end
if now > tonumber(ARGV[8]) then return answer('late') end
local taken = h[6] ~= '' and h[6] ~= ARGV[5] and now < tonumber(h[7])
if h[3] ~= ARGV[2] then
  if ARGV[11] == '1' and not taken then
    redis.call('HSET', KEYS[1], 'turn', ARGV[5], 'until', string.format('%.0f', now + ARGV[12]))
  end
  return missed(ARGV[2], ARGV[3], ARGV[4])
end
if taken then return answer('turn') end
local rows, at, written = ARGV[9], 1, 0
while at <= #rows do
  local length
  length, at = struct.unpack('>I4', rows, at)
  local name = string.sub(rows, at, at + length - 1)
  at = at + length
  length, at = struct.unpack('>I4', rows, at)
  if length == 4294967295 then
    redis.call('HDEL', KEYS[2], name)
  else
    redis.call('HSET', KEYS[2], name, string.sub(rows, at, at + length - 1))
    at = at + length
  end
  written = written + 1
end
local id = ARGV[5] .. '-' .. ARGV[6]
if written > 4096 then
  -- Whoever is behind reads all rows; these would be copied for every process.
  redis.call('DEL', KEYS[3])
else
  redis.call('XADD', KEYS[3], 'MAXLEN', ARGV[10], ARGV[7] .. '-0', 'base', ARGV[2], 'after', ARGV[3], 'id', id, 'rows', rows)
end
redis.call('HSET', KEYS[1], 'seq', ARGV[7], 'last', id)
if h[6] == ARGV[5] then redis.call('HDEL', KEYS[1], 'turn', 'until') end
redis.pcall('PUBLISH', ARGV[13], ARGV[7])
return answer('done')
