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
-- One that ends later than a turn lasts is of a time when the clock was ahead.
local ends = tonumber(h[7]) or 0
local taken = h[6] ~= '' and h[6] ~= ARGV[5] and now < ends and ends - now <= tonumber(ARGV[12])
if h[3] ~= ARGV[2] then
  if ARGV[11] == '1' and not taken then
    redis.call('HSET', KEYS[1], 'turn', ARGV[5], 'until', string.format('%.0f', now + ARGV[12]))
  end
  return missed(ARGV[2], ARGV[3], ARGV[4])
end
if taken then return answer('turn') end
-- A script that fails in its middle takes nothing back: what this one needs is tried before anything is changed.
redis.call('HSET', KEYS[1], 'schema', '1')
redis.call('HDEL', KEYS[2], '')
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
-- Which commit of this process was the last: it asks when it got no answer.
redis.call('HSET', KEYS[2], 'by/' .. ARGV[5], ARGV[6])
local id = ARGV[5] .. '-' .. ARGV[6]
-- Whoever is behind without a log reads all rows. Those of a large commit would be copied for every process.
local logged = written <= 4096 and redis.pcall('XADD', KEYS[3], 'MAXLEN', ARGV[10], ARGV[7] .. '-0',
  'base', ARGV[2], 'after', ARGV[3], 'id', id, 'rows', rows)
if type(logged) ~= 'string' then redis.pcall('DEL', KEYS[3]) end
redis.call('HSET', KEYS[1], 'seq', ARGV[7], 'last', id)
if h[6] == ARGV[5] then redis.call('HDEL', KEYS[1], 'turn', 'until') end
redis.pcall('PUBLISH', ARGV[13], ARGV[7])
return answer('done')
