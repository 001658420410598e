-- ARGV: epoch, seq, last, limit, process, number of a commit that is not to happen any more or '0'.
-- What a replica says may be old: it takes no writes, not even this one that changes nothing.
local writes = redis.pcall('HDEL', KEYS[1], '')
if type(writes) == 'table' and writes.err and string.find(writes.err, 'READONLY', 1, true) then return writes end
if ARGV[6] ~= '0' and h[2] ~= '' then redis.call('HSET', KEYS[1], 'no:' .. ARGV[5], ARGV[6]) end
local word = standing(ARGV[1], ARGV[2], ARGV[3])
if word ~= 'ok' or h[3] == ARGV[2] then return answer(word) end
return missed(ARGV[2], ARGV[3], ARGV[4])
