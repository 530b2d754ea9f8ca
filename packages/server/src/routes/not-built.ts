/** Operations that are documented but not built: 501 in the error body, and said so in the contract. */
import { FabroError } from '@fabro/protocol';
import type { Api } from '../context.js';
import { NOT_BUILT_OPERATIONS } from '../not-built-operations.js';
import { failures } from '../responses.js';

export function addNotBuiltRoutes(api: Api): void {
  for (const [method, path, operationId] of NOT_BUILT_OPERATIONS) {
    api.openAPIRegistry.registerPath({
      method,
      path,
      operationId,
      tags: ['Not built'],
      responses: failures(501),
    });
    api.on(method.toUpperCase(), path.replaceAll(/\{(.+?)\}/g, ':$1'), () => {
      throw new FabroError('not_implemented', 'Not implemented.');
    });
  }
}
