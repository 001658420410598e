-- ARGV: epoch, seq, last, new epoch, new seq.
local word = standing(ARGV[1], ARGV[2], ARGV[3])
if word ~= 'none' and word ~= 'back' then return answer(word) end
redis.call('DEL', KEYS[1], KEYS[2], KEYS[3], KEYS[4])
redis.call('RENAME', KEYS[5], KEYS[2])
redis.call('PERSIST', KEYS[2])
redis.call('HSET', KEYS[1], 'schema', '1', 'epoch', ARGV[4], 'seq', ARGV[5], 'last', '', 'from', ARGV[1] .. ' ' .. ARGV[2])
return answer('done')
