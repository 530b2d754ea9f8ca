/** What the HTTP kit keeps in a request's context. */
import type { Actor } from '@fabro/protocol';

/** The way in that a request took. */
export type Transport = 'unix' | 'tcp';

/** The environment of a Hono app that uses this kit. */
export interface HttpEnv {
  Bindings: {
    /** Set by the listener; absent (in-process requests) counts as `tcp`, the less trusted one. */
    readonly transport?: Transport;
  };
  Variables: {
    requestId: string;
    /** Who asks; set by `bearerAuth`. */
    actor: Actor;
  };
}
