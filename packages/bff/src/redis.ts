export { redis, type RedisClient, type RedisOptions } from './sessions/redis.ts'
