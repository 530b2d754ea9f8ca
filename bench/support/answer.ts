/** A child's side: what it was asked, and how it answers. */
import type { z } from 'zod';

/** Parses the question, works, and prints the answer as JSON. */
export async function answer<T>(
  question: z.ZodType<T>,
  work: (question: T) => Promise<unknown>,
): Promise<void> {
  const input = question.parse(JSON.parse(process.argv[2] ?? 'null'));
  process.stdout.write(`${JSON.stringify(await work(input))}\n`);
}
