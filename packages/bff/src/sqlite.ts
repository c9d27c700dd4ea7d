export { sqlite, type SqliteDatabase, type SqliteOptions, type SqliteStatement } from './sessions/sqlite.ts'
