/** Node's HTTP clients as the port of HTTP hooks. */
import { request as httpsRequest } from 'node:https';
import type { HookAnswer, HookFetch, HookPost } from './http-hook.js';

/**
 * @param verified asks when certificates are verified, or there are none; Node's `fetch` by default, which has
 *   no way of leaving the check out.
 */
export function createHookFetch(verified: HookFetch = fetch): HookFetch {
  return (url, post) => (post.verifyTls ? verified(url, post) : askUnverified(url, post));
}

function askUnverified(url: string, post: HookPost): Promise<HookAnswer> {
  const { method, headers, body, signal } = post;
  return new Promise((resolve, reject) => {
    // A connection of its own: no other request may meet one that nobody verified.
    const options = { method, headers, signal, agent: false, rejectUnauthorized: false };
    const request = httpsRequest(url, options, (answer) => {
      resolve({ status: answer.statusCode ?? 0, body: answer });
    });
    request.once('error', reject);
    request.end(body);
  });
}
