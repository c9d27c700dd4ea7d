export { type RedisClient, redisTokenStore, type RedisTokenStoreOptions } from './redis/redis-token-store.ts'
