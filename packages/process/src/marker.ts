/** The marks that every child carries in its environment, by which it is found again. */

/** `FABRO_SPAWN=<root id>/<call key>`: which act of which storage root started this. */
const MARKER = 'FABRO_SPAWN';
/** Which instance of the server, and which of its spawners, started this: `<instance>.<generation>`. */
const INSTANCE = 'FABRO_SPAWN_INSTANCE';

export interface Mark {
  readonly rootId: string;
  /** Empty for a spawner itself. */
  readonly key: string;
  readonly instance: string;
}

/** The two variables for a child. Blanks in the key are percent-encoded: `ps` separates variables by blanks. */
export function markVariables(mark: Mark): Record<string, string> {
  return {
    [MARKER]: `${mark.rootId}/${mark.key.replaceAll(/[%\s]/gu, encodeURIComponent)}`,
    [INSTANCE]: mark.instance,
  };
}

/** The mark among `NAME=value` entries of an environment; undefined when it has none. */
export function markOf(environment: readonly string[]): Mark | undefined {
  const marker = valueOf(environment, MARKER);
  const slash = marker?.indexOf('/') ?? -1;
  if (marker === undefined || slash <= 0) return undefined;
  return {
    rootId: marker.slice(0, slash),
    key: decode(marker.slice(slash + 1)),
    instance: valueOf(environment, INSTANCE) ?? '',
  };
}

function valueOf(environment: readonly string[], name: string): string | undefined {
  return environment.find((entry) => entry.startsWith(`${name}=`))?.slice(name.length + 1);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A program changed the variable; as it stands it still names something to end.
    return text;
  }
}
