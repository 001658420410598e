-- KEYS: head, rows, log, bid, and where rows are gathered that are written anew.
-- The last of ARGV names the question, and the answer repeats it.
-- Every script asks first whether the server still holds what this process knows of: the same epoch, no earlier
-- number, and under that number the same commit.
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local h = redis.call('HMGET', KEYS[1], 'schema', 'epoch', 'seq', 'last', 'from', 'turn', 'until')
for i = 1, 7 do h[i] = h[i] or '' end

local function answer(word, entries)
  return { word, now, h[1], h[2], h[3], h[4], h[5], entries or {}, ARGV[#ARGV] }
end

local function standing(epoch, seq, last)
  if h[2] == '' then return 'none' end
  if h[1] ~= '1' then return 'schema' end
  -- Every commit leaves a row: there is none where somebody removed them all.
  if h[3] ~= '0' and redis.call('EXISTS', KEYS[2]) == 0 then
    if h[2] ~= epoch then return 'torn' end
    return 'back'
  end
  if h[2] ~= epoch then return 'other' end
  local at = tonumber(h[3])
  if at < tonumber(seq) then return 'back' end
  if at == tonumber(seq) and h[4] ~= last then return 'forked' end
  return 'ok'
end

-- The commits after `seq`, or why there is no going on from there.
local function missed(seq, last, limit)
  local entries = redis.call('XRANGE', KEYS[3], seq .. '-1', '+', 'COUNT', limit)
  local first = entries[1]
  if not first or first[2][2] ~= seq then return answer('gap') end
  if first[2][4] ~= last then return answer('forked') end
  return answer('ok', entries)
end
