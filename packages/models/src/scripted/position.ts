/**
 * Which turn comes next. Decided from the conversation alone, so that a restart, a resume or a second
 * process goes on where the conversation stands. Pure.
 */
import type { Message } from '@fabro/protocol';
import type { Script, ScriptTurn } from './script.js';

export type Position =
  | {
      readonly found: true;
      readonly turn: ScriptTurn;
      /** Answers given before, which is also the index of this answer. */
      readonly answers: number;
    }
  | { readonly found: false; readonly answers: number; readonly reason: string };

export function nextTurn(script: Script, messages: readonly Message[]): Position {
  const answers = messages.filter(({ role }) => role === 'assistant').length;
  const opening = textOf(messages.find(({ role }) => role === 'user'));
  const section =
    script.sessions.find(({ session }) => session !== undefined && opening.includes(session)) ??
    script.sessions.find(({ session }) => session === undefined);
  if (section === undefined)
    return {
      found: false,
      answers,
      reason: `no session of ${script.path} fits the first user message, and there is none without \`session\``,
    };
  const turn = walk(section.turns, messages);
  if (turn !== undefined) return { found: true, turn, answers };
  const name =
    section.session === undefined ? 'the default session' : `session "${section.session}"`;
  return {
    found: false,
    answers,
    reason: `turn ${answers + 1} of ${name} in ${script.path} is missing`,
  };
}

/** Plays the conversation again: each answer took the first turn not yet used whose condition held then. */
function walk(turns: readonly ScriptTurn[], messages: readonly Message[]): ScriptTurn | undefined {
  let next = 0;
  let before: Message | undefined;
  const take = (): ScriptTurn | undefined => {
    const text = textOf(before);
    while (next < turns.length) {
      const turn = turns[next++];
      if (turn !== undefined && (turn.when === undefined || text.includes(turn.when.contains)))
        return turn;
    }
    return undefined;
  };
  for (const message of messages) {
    if (message.role === 'assistant') take();
    before = message;
  }
  return take();
}

function textOf(message: Message | undefined): string {
  if (message === undefined) return '';
  switch (message.role) {
    case 'user':
      return message.content.map(({ text }) => text).join('\n');
    case 'tool':
      return message.content.map(({ output }) => output).join('\n');
    case 'assistant':
      return message.content.map((part) => (part.type === 'text' ? part.text : '')).join('\n');
    default:
      return message satisfies never;
  }
}
