/** The way that each example takes when its commands are run as they stand on its page. */
export interface Expected {
  /** Stages as they ended; no word is a success. Stages of parallel branches are sorted. */
  readonly way: string;
  /** Default `completed`. */
  readonly reason?: 'partial_success';
  /** The page whose first block of output shows this run. */
  readonly shownOn?: string;
  /** Makes alike what chance decides. */
  readonly alike?: (stage: string) => string;
}

export const EXPECTED: Readonly<Record<string, Expected>> = {
  hello: { way: 'start@1 → look@1 → say@1 → exit@1' },
  'fix-failing-test': {
    shownOn: 'README.md',
    way: 'start@1 → test@1 failed → gate@1 failed → fix@1 → test@2 → gate@2 → check_tests@1 → check_types@1 → verify@1 → verified@1 → approve@1 → exit@1',
  },
  'plan-implement-review': {
    way: 'start@1 → plan@1 → approve@1 → implement@1 → test@1 → gate@1 → review@1 → exit@1',
  },
  // One of the three candidates fails its tests; the judge takes another one.
  'best-of-three': {
    reason: 'partial_success',
    way: 'start@1 → regex@1 → split@1 → table@1 → test_regex@1 → test_split@1 failed → test_table@1 → ask@1 partially_succeeded → choose@1 → proof@1 → exit@1',
  },
  research: {
    way: 'start@1 → code@1 → docs@1 → history@1 → look@1 → found@1 → report@1 → sources@1 → exit@1',
  },
  release: {
    way: 'start@1 → changelog@1 → tests@1 → unused@1 → verify@1 → ready@1 → entry@1 → notes@1 → publish@1 → bump@1 → tag@1 → exit@1',
  },
  // The child runs twice, and is not well at its first look each time.
  rollout: {
    way: 'start@1 → checks.config@1 → checks.target@1 → start@2 → copy@1 → settle@1 → health@1 failed → settle@2 → health@2 → exit@1 → staging@1 → go@1 → promote@1 → start@3 → copy@2 → settle@3 → health@3 failed → settle@4 → health@4 → exit@2 → production@1 → exit@3',
  },
  'dependency-update': {
    way: 'start@1 → outdated@1 failed → outdated@2 → any@1 → update@1 → test@1 failed → repair@1 → test@2 → summary@1 → exit@1',
  },
  'data-report': {
    way: 'start@1 → clean@1 → dropped@1 → ask@1 → total@1 → chart@1 → report@1 → exit@1',
  },
  'translate-docs': {
    way: 'start@1 → glossary@1 → install@1 → usage@1 → compare@1 failed → mend@1 → compare@2 → proof@1 → exit@1',
  },
  'ab-prompt': {
    way: 'start@1 → toss@1 → x@1 → wrote_x@1 → judge@1 → good@1 → exit@1',
    alike: (stage) => stage.replace(/^(wrote_)?[ab]@/, '$1x@'),
  },
  'incident-triage': {
    way: 'start@1 → probe@1 failed → up@1 failed → triage@1 → restart@1 → wait@1 → probe@2 failed → up@2 failed → triage@2 → ask@1 → rollback@1 → wait@2 → probe@3 → up@3 → note@1 → exit@1',
  },
};
