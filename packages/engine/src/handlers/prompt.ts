/** `prompt`: one answer of a model without tools, which may route (engine reference §3.2). */
import { attr } from '@fabro/workflow';
import type { ActedHandler } from '../handler.js';
import { projectDocs } from '../project-docs.js';
import { askModel, simulateModel } from './model-stage.js';

export const promptHandler: ActedHandler = {
  kind: 'acted',
  onInterrupt: 'continue',
  act: (input, ports) =>
    askModel(input, ports, {
      mode: 'prompt',
      system: async (model) =>
        attr.boolean(input.node, 'project_memory') === false
          ? ''
          : projectDocs(ports.sandbox, model.provider),
    }),
  simulate: simulateModel,
};
