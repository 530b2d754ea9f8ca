/** The suite that every adapter of the journal passes; it says the port's contract sentence by sentence. */
import { afterAll, beforeAll, describe } from 'vitest';
import type { Journal } from '../port.js';
import { appending } from './append.js';
import { closing } from './closing.js';
import { leasing } from './leases.js';
import { reading } from './reading.js';
import { rows } from './rows.js';
import { storing } from './storing.js';
import { CONTRACT_OPTIONS, type OpenForContract, type OpenJournal } from './subject.js';
import { subscribing } from './subscribing.js';

export type { OpenForContract, OpenJournal };

/**
 * Describes the contract for one adapter. `open` gives an empty journal with the options it is called with;
 * specifications share one journal and use streams of their own, those of closing open their own.
 */
export function describeJournalContract(name: string, open: OpenForContract): void {
  describe(`${name} keeps the journal's contract`, () => {
    let opened: OpenJournal | undefined;
    const journal = (): Journal => {
      if (opened === undefined) throw new Error('the journal is not open yet');
      return opened.journal;
    };
    beforeAll(async () => {
      opened = await open(CONTRACT_OPTIONS);
    });
    afterAll(() => opened?.dispose());

    describe('append', () => {
      appending(journal);
    });
    describe('read', () => {
      reading(journal);
    });
    describe('subscribe', () => {
      subscribing(journal);
    });
    describe('leases', () => {
      leasing(journal);
    });
    describe('blobs, snapshots, deletion', () => {
      storing(journal);
    });
    describe('rows', () => {
      rows(journal);
    });
    describe('close', () => {
      closing(open);
    });
  });
}
