-- ARGV: epoch of a new store.
if h[2] ~= '' then return answer('other') end
if redis.call('EXISTS', KEYS[4]) == 1 then return answer('wait') end
if redis.call('EXISTS', KEYS[2]) == 1 then return answer('torn') end
redis.call('HSET', KEYS[1], 'schema', '1', 'epoch', ARGV[1], 'seq', '0', 'last', '')
return answer('begun')
