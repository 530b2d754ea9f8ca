/** `human`: asks a person and waits for the recorded answer (engine reference §3.2). */
import {
  callKey,
  type Answer,
  type EventDraft,
  type EventProperties,
  type Outcome,
} from '@fabro/protocol';
import { attr, choicesOf, labelOf, type Choices } from '@fabro/workflow';
import type { ActedHandler, AttemptResult, StageInput, StagePorts } from '../handler.js';

export const humanHandler: ActedHandler = {
  kind: 'acted',
  onInterrupt: 'continue',
  keepsTimeout: true,
  waits: true,

  async act(input, ports): Promise<AttemptResult> {
    const choices = choicesOf(input.graph, input.node.id);
    if (choices.choices.length === 0 && choices.freeform === undefined)
      return failed('No outgoing edges for human gate');
    const question = ports.openQuestion()?.properties ?? (await ask(input, ports, choices));
    if (input.settings.autoApprove) await answerItself(ports, question);
    const answer = await waitForAnswer(ports, question);
    if (answer === 'timeout') return timedOut(input, ports, question, choices);
    return { retryable: false, outcome: outcomeOf(answer, choices) };
  },

  simulate(input) {
    const [first] = choicesOf(input.graph, input.node.id).choices;
    return first === undefined
      ? selected(
          'freeform',
          '[Simulated] auto-selected',
          choicesOf(input.graph, input.node.id).freeform?.to,
        )
      : selected(first.key, first.label, first.to);
  },
};

type Question = EventProperties['interview.started'];

/** Records the question; a stage that goes on after a restart adopts the open one instead. */
async function ask(input: StageInput, ports: StagePorts, choices: Choices): Promise<Question> {
  const { node, frame, stage } = input;
  const lastStage = frame.context.get('last_stage');
  const response =
    typeof lastStage === 'string' ? frame.context.get(`response.${lastStage}`) : undefined;
  const display = response === undefined ? undefined : ports.materialise(response);
  const timeoutMs = attr.durationMs(node, 'timeout');
  const question: Question = {
    question_id: ports.ids.ulid(),
    question: labelOf(node),
    stage: node.id,
    question_type: questionType(input, choices),
    options: choices.choices.map(({ key, label }) => ({ key, label })),
    allow_freeform: choices.freeform !== undefined,
    ...(typeof display === 'string' && display.trim() !== ''
      ? { context_display: display.trim() }
      : {}),
    ...(timeoutMs === undefined ? {} : { due_at: stage.startedAtMs + timeoutMs }),
  };
  await ports.calls.note(callKey(ports.key, 'question'), {
    ...ports.scope,
    event: 'interview.started',
    properties: question,
  });
  return question;
}

/** The node may name another kind than the one its edges suggest. */
function questionType(input: StageInput, choices: Choices): Question['question_type'] {
  const wish = attr.string(input.node, 'question_type');
  if (
    wish === 'yes_no' ||
    wish === 'confirmation' ||
    wish === 'multi_select' ||
    wish === 'freeform' ||
    wish === 'multiple_choice'
  )
    return wish;
  return choices.choices.length === 0 ? 'freeform' : 'multiple_choice';
}

/** Yes, the first option, or the text "auto-approved". */
async function answerItself(ports: StagePorts, question: Question): Promise<void> {
  const [first] = question.options;
  const answer: Answer =
    question.question_type === 'yes_no' || question.question_type === 'confirmation'
      ? { kind: 'yes' }
      : first === undefined
        ? { kind: 'text', text: 'auto-approved' }
        : question.question_type === 'multi_select'
          ? { kind: 'multi_selected', keys: [first.key] }
          : { kind: 'selected', key: first.key };
  const event: EventDraft = {
    ...ports.scope,
    actor: { kind: 'system', system_kind: 'engine' },
    event: 'interview.completed',
    properties: { question_id: question.question_id, answer },
  };
  if (ports.openQuestion()?.answer === undefined)
    await ports.calls.note(callKey(ports.key, 'auto'), event);
}

/** The deadline was stored with the question, so that a restart does not lengthen it. */
async function waitForAnswer(ports: StagePorts, question: Question): Promise<Answer | 'timeout'> {
  const { signal } = ports.calls;
  const open = ports.openQuestion();
  if (open?.answer !== undefined) return open.answer;
  if (question.due_at === undefined) return ports.answered(question.question_id, signal);
  const race = new AbortController();
  const either = AbortSignal.any([signal, race.signal]);
  try {
    return await Promise.race([
      ports.answered(question.question_id, either),
      ports.clock.sleepUntil(question.due_at, either).then(() => 'timeout' as const),
    ]);
  } finally {
    race.abort(new Error('the wait for an answer has ended'));
  }
}

function timedOut(
  input: StageInput,
  ports: StagePorts,
  question: Question,
  choices: Choices,
): AttemptResult {
  const events: EventDraft[] = [
    {
      ...ports.scope,
      event: 'interview.timeout',
      properties: { question_id: question.question_id },
    },
  ];
  const wish = attr.string(input.node, 'human.default_choice');
  const fallback = choices.choices.find((c) => c.to === wish || c.key === wish || c.label === wish);
  if (fallback === undefined)
    return {
      retryable: true,
      events,
      outcome: {
        status: 'failed',
        failure: {
          message: 'human gate timeout, no default',
          failure_class: 'transient_infra',
          system_actor: 'timeout',
        },
      },
    };
  return { retryable: false, events, outcome: selected(fallback.key, fallback.label, fallback.to) };
}

/** What an answer means for the walk; pure. */
function outcomeOf(answer: Answer, choices: Choices): Outcome {
  switch (answer.kind) {
    case 'yes':
      return chosen(choices, ['yes', 'y', 'true'], 0);
    case 'no':
      return chosen(choices, ['no', 'n', 'false'], 1);
    case 'selected':
      return byText(answer.key, choices);
    case 'multi_selected': {
      const picked = choices.choices.filter((c) => answer.keys.includes(c.key));
      const [first] = picked;
      if (first === undefined) return byText('', choices);
      return {
        ...selected(picked.map((c) => c.key).join(','), first.label, first.to),
        suggested_next_ids: picked.map((c) => c.to),
      };
    }
    case 'text':
      return byText(answer.text, choices);
    case 'skipped':
      return failed('human skipped interaction').outcome;
  }
}

function chosen(choices: Choices, names: readonly string[], position: number): Outcome {
  const named = choices.choices.find(
    (c) => names.includes(c.key.toLowerCase()) || names.includes(c.label.toLowerCase()),
  );
  const choice = named ?? choices.choices[position] ?? choices.choices[0];
  return choice === undefined
    ? byText(names[0] ?? '', choices)
    : selected(choice.key, choice.label, choice.to);
}

function byText(text: string, choices: Choices): Outcome {
  const lower = text.trim().toLowerCase();
  const choice =
    choices.choices.find((c) => c.key === text) ??
    choices.choices.find(
      (c) =>
        c.key.toLowerCase() === lower ||
        c.label.toLowerCase() === lower ||
        c.to.toLowerCase() === lower,
    );
  if (choice !== undefined) return selected(choice.key, choice.label, choice.to);
  if (choices.freeform !== undefined)
    return { ...selected('freeform', text, choices.freeform.to), ...freeformUpdates(text) };
  const [first] = choices.choices;
  return first === undefined
    ? failed('No matching choice').outcome
    : selected(first.key, first.label, first.to);
}

function freeformUpdates(text: string): Pick<Outcome, 'context_updates'> {
  return {
    context_updates: {
      'human.gate.selected': 'freeform',
      'human.gate.label': text,
      'human.gate.text': text,
    },
  };
}

function selected(key: string, label: string, to: string | undefined): Outcome {
  return {
    status: 'succeeded',
    preferred_label: label,
    ...(to === undefined ? {} : { suggested_next_ids: [to] }),
    context_updates: { 'human.gate.selected': key, 'human.gate.label': label },
  };
}

function failed(message: string): AttemptResult {
  return {
    retryable: false,
    outcome: { status: 'failed', failure: { message, failure_class: 'deterministic' } },
  };
}
