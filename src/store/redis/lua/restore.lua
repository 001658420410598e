-- ARGV: epoch, seq, last, new epoch, new seq.
local word = standing(ARGV[1], ARGV[2], ARGV[3])
if word ~= 'none' and word ~= 'back' then return answer(word) end
-- They lapse where that took too long.
if redis.call('EXISTS', KEYS[5]) == 0 then return answer('late') end
-- What may be forbidden comes before what cannot be taken back.
redis.call('DEL', KEYS[4])
redis.call('PERSIST', KEYS[5])
redis.call('RENAME', KEYS[5], KEYS[2])
redis.call('DEL', KEYS[1], KEYS[3])
redis.call('HSET', KEYS[1], 'schema', '1', 'epoch', ARGV[4], 'seq', ARGV[5], 'last', '', 'from', ARGV[1] .. ' ' .. ARGV[2])
return answer('done')
