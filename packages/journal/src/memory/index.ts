export { createMemoryJournal } from './journal.js';
