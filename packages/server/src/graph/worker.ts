/** The layout worker: Graphviz in a thread of its own, because a layout takes up to seconds of CPU. */
import { parentPort } from 'node:worker_threads';
import { instance, type Viz } from '@viz-js/viz';
import { type LayoutAnswer, LayoutRequest } from './protocol.js';

function layout(viz: Viz, { id, dot }: LayoutRequest): LayoutAnswer {
  try {
    const result = viz.render(dot, { format: 'svg' });
    if (result.status === 'success') return { id, svg: result.output };
    return { id, error: result.errors.map((error) => error.message).join('; ') };
  } catch (error) {
    return { id, error: error instanceof Error ? error.message : String(error) };
  }
}

const viz = instance();
parentPort?.on('message', (message: unknown) => {
  const request = LayoutRequest.parse(message);
  viz.then(
    (ready) => parentPort?.postMessage(layout(ready, request)),
    (error: unknown) => parentPort?.postMessage({ id: request.id, error: String(error) }),
  );
});
