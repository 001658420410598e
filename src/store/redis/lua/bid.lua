-- ARGV: epoch, seq, last, process, how long bids are taken, channel.
-- Of the processes that still know what the server has lost, the one that knows the latest writes it anew.
local word = standing(ARGV[1], ARGV[2], ARGV[3])
if word ~= 'none' and word ~= 'back' then return answer(word) end
local bid = redis.call('HMGET', KEYS[4], 'since', 'seq', 'who')
local since = tonumber(bid[1])
-- One of a time when the clock was set otherwise is none.
if not since or now < since or now - since > 10 * ARGV[5] then
  redis.call('DEL', KEYS[4])
  redis.call('HSET', KEYS[4], 'since', string.format('%.0f', now))
  redis.call('PEXPIRE', KEYS[4], 10 * ARGV[5])
  -- So that the others look, and bid.
  redis.pcall('PUBLISH', ARGV[6], '0')
  bid = { now, false, false }
end
if not bid[2] or tonumber(bid[2]) < tonumber(ARGV[2]) then
  redis.call('HSET', KEYS[4], 'seq', ARGV[2], 'who', ARGV[4])
  bid[3] = ARGV[4]
end
if bid[3] == ARGV[4] and now - bid[1] >= tonumber(ARGV[5]) then return answer('go') end
return answer('wait')
