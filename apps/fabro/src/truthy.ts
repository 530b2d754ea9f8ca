/** True for an environment switch that is set to something other than `0`, `false` or nothing. */
export function truthy(value: string | undefined): boolean {
  return value !== undefined && !['', '0', 'false'].includes(value.toLowerCase());
}
