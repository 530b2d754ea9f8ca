/** A question that nobody needs to answer any more. */
import type { EventDraft } from '@fabro/protocol';
import type { OpenQuestion } from '../state.js';

/** Closes the question; nothing when it has been answered. */
export function withdrawn(question: OpenQuestion, reason: string): readonly EventDraft[] {
  if (question.answer !== undefined) return [];
  return [
    {
      stage_id: question.stageId,
      event: 'interview.interrupted',
      properties: { question_id: question.id, reason },
    },
  ];
}
