-- ARGV: epoch, seq, last, limit, process, number of a commit that is not to happen any more or '0'.
if ARGV[6] ~= '0' and h[2] ~= '' then redis.call('HSET', KEYS[1], 'no:' .. ARGV[5], ARGV[6]) end
local word = standing(ARGV[1], ARGV[2], ARGV[3])
if word ~= 'ok' or h[3] == ARGV[2] then return answer(word) end
return missed(ARGV[2], ARGV[3], ARGV[4])
