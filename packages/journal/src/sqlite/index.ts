export { openSqliteJournal } from './journal.js';
export { holdStorageRoot, type StorageLock } from './lock.js';
