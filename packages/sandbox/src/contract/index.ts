/** What every sandbox adapter must do, as a suite that each runs over itself. Needs bash in the sandbox. */
import { afterEach, beforeEach, describe } from 'vitest';
import type { Sandbox } from '../port.js';
import { execCases } from './exec-cases.js';
import { fileCases } from './file-cases.js';
import { outputCases } from './output-cases.js';
import { searchCases } from './search-cases.js';

export interface SandboxUnderTest {
  /** Its working directory exists and is empty. */
  readonly sandbox: Sandbox;
  /** Removes the sandbox with everything in it. */
  remove(): Promise<void>;
}

/** @param factory makes a sandbox of its own for each case. */
export function describeSandboxContract(
  name: string,
  factory: () => Promise<SandboxUnderTest>,
): void {
  describe(`sandbox contract: ${name}`, () => {
    let current: SandboxUnderTest | undefined;
    beforeEach(async () => {
      current = await factory();
    });
    afterEach(async () => {
      await current?.remove();
      current = undefined;
    });
    const sandbox = (): Sandbox => {
      if (current === undefined) throw new Error('the factory gave no sandbox');
      return current.sandbox;
    };
    execCases(sandbox);
    outputCases(sandbox);
    fileCases(sandbox);
    searchCases(sandbox);
  });
}
