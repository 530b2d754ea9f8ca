/** The addresses that the server tells (decision 3). */

/** Path under which everything but discovery and health lies (decision 5). */
export const API = '/api/v1';

/** Where the server is, without `/api/v1` and without a final slash: from the setting, else from the request. */
export function serverUrl(apiUrl: string | undefined, requestUrl: string): string {
  if (apiUrl === undefined) return new URL(requestUrl).origin;
  return apiUrl.replace(/\/+$/, '').replace(/\/api\/v1$/, '');
}
